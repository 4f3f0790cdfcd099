import { z } from "zod";
import { listPlaceholders } from "../../../actions/check-placeholders.ts";
import type { UpdateRecurringInvoiceInput } from "../../../actions/update-recurring-invoice.ts";
import { PERIOD_PLACEHOLDERS } from "../../../billing/placeholders.ts";
import { currency, localDate, optionalText, requiredText, unsetOrWhole } from "../../inputs.ts";
import { discountInBody, toDiscount } from "../invoices/discount-inputs.ts";
import { idInBody, lineItems, toLineInput } from "../invoices/line-inputs.ts";
import { catchUps, frequencies } from "./schema.ts";

/** Said of every text of a series that the night fills in (BILLING.md 3.4). */
export const placeholdersNote = `May hold ${listPlaceholders(PERIOD_PLACEHOLDERS)}; others are refused.`;

const title = requiredText(255).meta({ description: placeholdersNote });
const interval = z.int().min(1).max(36_500).optional();

const fields = {
  interval,
  end_date: localDate.nullable().optional(),
  auto_send: z.boolean().optional(),
  catch_up: z.enum(catchUps).optional(),
  currency: currency.nullable().optional(),
  ...discountInBody,
  notes: optionalText(2000).meta({ description: placeholdersNote }),
  payment_terms: unsetOrWhole(0, 3650),
  next_generate_date: localDate.nullable().optional(),
  max_occurrences: unsetOrWhole(1, 1_000_000),
  line_items: lineItems
    .optional()
    .meta({ description: `Their descriptions: ${placeholdersNote.replace("May", "may")}` }),
};

/** The body of POST /recurring-invoices. */
export const createRecurringInvoiceBody = z.strictObject({
  client_id: idInBody,
  title,
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
  title: title.optional(),
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
