import { z } from "zod";
import type { UpdateQuoteInput } from "../../../actions/update-quote.ts";
import { currency, localDate, optionalText } from "../../inputs.ts";
import { discountInBody, toDiscount } from "../invoices/discount-inputs.ts";
import { idInBody, lineItems, toLineInput } from "../invoices/line-inputs.ts";

const fields = {
  issue_date: localDate.nullable().optional(),
  expiry_date: localDate.nullable().optional(),
  currency: currency.nullable().optional(),
  ...discountInBody,
  notes: optionalText(2000),
  terms: optionalText(2000),
  footer: optionalText(500),
  is_archived: z.boolean().optional(),
  line_items: lineItems.optional(),
};

/** The body of POST /quotes. */
export const createQuoteBody = z.strictObject({ client_id: idInBody, ...fields });

/** The body of PUT and PATCH /quotes/{id}; null for a date or currency leaves it as it is. */
export const updateQuoteBody = z.strictObject({ client_id: idInBody.optional(), ...fields });

/** What both bodies say, as the actions take it. */
export function toQuoteFields(
  body: z.output<typeof updateQuoteBody>,
): Omit<UpdateQuoteInput, "quoteId" | "clientId"> {
  return {
    issueDate: body.issue_date ?? undefined,
    expiryDate: body.expiry_date ?? undefined,
    currency: body.currency ?? undefined,
    discount: toDiscount(body),
    notes: body.notes,
    terms: body.terms,
    footer: body.footer,
    isArchived: body.is_archived,
    lines: body.line_items?.map(toLineInput),
  };
}
