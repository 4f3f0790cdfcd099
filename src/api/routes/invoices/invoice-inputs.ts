import { z } from "zod";
import type { UpdateInvoiceInput } from "../../../actions/update-invoice.ts";
import { currency, localDate, optionalText, signedMoneyMinor } from "../../inputs.ts";
import { tagsInBody } from "../tags/tags-of-records.ts";
import { discountInBody, toDiscount } from "./discount-inputs.ts";
import { invoiceLineItems, toInvoiceLineInput } from "./invoice-line-inputs.ts";
import { idInBody } from "./line-inputs.ts";

/** Kept rates on a whole invoice, in the order in which they stand on it. */
export const taxRateIds = z
  .array(idInBody)
  .max(10)
  .meta({ description: "Rates on the whole invoice, for tax type `summary`. The full set." });

const fields = {
  project_id: idInBody.nullable().optional(),
  category_id: idInBody.nullable().optional(),
  tags: tagsInBody.optional(),
  issue_date: localDate.nullable().optional(),
  due_date: localDate.nullable().optional(),
  currency: currency.nullable().optional(),
  tax_type: z.enum(["inline", "summary"]).optional(),
  tax_rate_ids: taxRateIds.optional(),
  ...discountInBody,
  adjustment_amount: signedMoneyMinor.optional(),
  adjustment_description: optionalText(255),
  notes: optionalText(2000),
  terms: optionalText(2000),
  footer: optionalText(500),
  is_archived: z.boolean().optional(),
  line_items: invoiceLineItems.optional(),
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
  return {
    projectId: body.project_id,
    categoryId: body.category_id,
    issueDate: body.issue_date ?? undefined,
    dueDate: body.due_date ?? undefined,
    currency: body.currency ?? undefined,
    taxType: body.tax_type,
    taxRateIds: body.tax_rate_ids,
    discount: toDiscount(body),
    adjustmentAmount: body.adjustment_amount,
    adjustmentDescription: body.adjustment_description,
    notes: body.notes,
    terms: body.terms,
    footer: body.footer,
    isArchived: body.is_archived,
    isDisputed: body.is_disputed,
    lines: body.line_items?.map(toInvoiceLineInput),
  };
}
