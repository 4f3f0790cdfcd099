import { z } from "zod";
import type { UpdateInvoiceInput } from "../../../actions/update-invoice.ts";
import { currency, decimal, localDate, optionalText, signedMoneyMinor } from "../../inputs.ts";
import { tagsInBody } from "../tags/tags-of-records.ts";
import { idInBody, lineItems, toLineInput } from "./line-inputs.ts";

/** A discount in a body, of an invoice or a series. */
export const discountInBody = {
  discount_type: z.enum(["percentage", "fixed"]).nullable().optional(),
  discount_value: decimal({
    places: 3,
    min: 0n,
    max: 999_999_999_999_999_000n,
    text: "Must be a percentage from 0 to 100 with at most 3 decimals, or minor units from 0 to below 10^15.",
  })
    .nullable()
    .optional(),
};

const fields = {
  project_id: idInBody.nullable().optional(),
  category_id: idInBody.nullable().optional(),
  tags: tagsInBody.optional(),
  issue_date: localDate.nullable().optional(),
  due_date: localDate.nullable().optional(),
  currency: currency.nullable().optional(),
  ...discountInBody,
  adjustment_amount: signedMoneyMinor.optional(),
  adjustment_description: optionalText(255),
  notes: optionalText(2000),
  terms: optionalText(2000),
  footer: optionalText(500),
  is_archived: z.boolean().optional(),
  line_items: lineItems.optional(),
};

/** The body of POST /invoices. */
export const createInvoiceBody = z.strictObject({ client_id: idInBody, ...fields });

/** The body of PUT and PATCH /invoices/{id}; null for a date or currency leaves it as it is. */
export const updateInvoiceBody = z.strictObject({
  client_id: idInBody.optional(),
  ...fields,
  is_disputed: z.boolean().optional(),
});

/** What both bodies say, as the actions take it. */
export function toInvoiceFields(
  body: z.output<typeof updateInvoiceBody>,
): Omit<UpdateInvoiceInput, "invoiceId" | "clientId" | "tags"> {
  const hasDiscount = body.discount_type !== undefined || body.discount_value !== undefined;
  return {
    projectId: body.project_id,
    categoryId: body.category_id,
    issueDate: body.issue_date ?? undefined,
    dueDate: body.due_date ?? undefined,
    currency: body.currency ?? undefined,
    discount: hasDiscount ? { type: body.discount_type, value: body.discount_value } : undefined,
    adjustmentAmount: body.adjustment_amount,
    adjustmentDescription: body.adjustment_description,
    notes: body.notes,
    terms: body.terms,
    footer: body.footer,
    isArchived: body.is_archived,
    isDisputed: body.is_disputed,
    lines: body.line_items?.map(toLineInput),
  };
}
