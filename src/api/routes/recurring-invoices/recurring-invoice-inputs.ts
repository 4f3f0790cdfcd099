import { z } from "zod";
import type { UpdateRecurringInvoiceInput } from "../../../actions/update-recurring-invoice.ts";
import { currency, localDate, optionalText, requiredText, unsetOrWhole } from "../../inputs.ts";
import { discountInBody, toDiscount } from "../invoices/discount-inputs.ts";
import { idInBody, lineItems, toLineInput } from "../invoices/line-inputs.ts";
import { catchUps, frequencies } from "./schema.ts";

const interval = z.int().min(1).max(36_500).optional();

const fields = {
  interval,
  end_date: localDate.nullable().optional(),
  auto_send: z.boolean().optional(),
  catch_up: z.enum(catchUps).optional(),
  currency: currency.nullable().optional(),
  ...discountInBody,
  notes: optionalText(2000),
  payment_terms: unsetOrWhole(0, 3650),
  next_generate_date: localDate.nullable().optional(),
  max_occurrences: unsetOrWhole(1, 1_000_000),
  line_items: lineItems.optional(),
};

/** The body of POST /recurring-invoices. */
export const createRecurringInvoiceBody = z.strictObject({
  client_id: idInBody,
  title: requiredText(255),
  frequency: z.enum(frequencies),
  start_date: localDate,
  ...fields,
});

/**
 * The body of PUT and PATCH /recurring-invoices/{id}. Null takes an end date, a maximum, notes or a
 * discount away; for what a series must have it leaves what is there.
 */
export const updateRecurringInvoiceBody = z.strictObject({
  client_id: idInBody.optional(),
  title: requiredText(255).optional(),
  frequency: z.enum(frequencies).optional(),
  start_date: localDate.optional(),
  ...fields,
});

/** What both bodies say, as the actions take it. */
export function toSeriesFields(
  body: z.output<typeof updateRecurringInvoiceBody>,
): Omit<
  UpdateRecurringInvoiceInput,
  "seriesId" | "clientId" | "title" | "frequency" | "startDate"
> {
  return {
    interval: body.interval,
    endDate: body.end_date,
    autoSend: body.auto_send,
    catchUp: body.catch_up,
    currency: body.currency ?? undefined,
    discount: toDiscount(body),
    notes: body.notes,
    paymentTerms: body.payment_terms ?? undefined,
    nextGenerateDate: body.next_generate_date ?? undefined,
    maxOccurrences: body.max_occurrences,
    lines: body.line_items?.map(toLineInput),
  };
}
