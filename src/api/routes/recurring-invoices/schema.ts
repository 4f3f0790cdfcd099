import { z } from "zod";
import type { Frequency } from "../../../billing/recurrence.ts";
import type { RecurringInvoiceLineRow } from "../../../db/recurring-invoice-lines.ts";
import type { RecurringInvoiceRow } from "../../../db/recurring-invoices.ts";
import type { RecurringOccurrenceRow } from "../../../db/recurring-occurrences.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import { minorJson } from "../../units.ts";
import { lineJson } from "../invoices/line-schema.ts";
import { presentDiscountValue } from "../invoices/schema.ts";

export const seriesStatuses = ["active", "paused", "completed"] as const;
export const catchUps = ["all", "latest", "none"] as const;

const frequencyLabels: Readonly<Record<Frequency, string>> = {
  weekly: "Weekly",
  monthly: "Monthly",
  quarterly: "Quarterly",
  yearly: "Yearly",
  custom: "Custom",
};

export const frequencies = ["weekly", "monthly", "quarterly", "yearly", "custom"] as const;

/** Amounts in minor units of the series' currency: what one invoice of it comes to. */
export const recurringInvoiceJson = z
  .object({
    id: z.int(),
    client_id: z.int().nullable().meta({
      description: "Null when it was moved here from another company and has no client yet.",
    }),
    title: z.string(),
    status: z.enum(seriesStatuses),
    is_archived: z.boolean(),
    frequency: z.enum(frequencies),
    frequency_label: z.string(),
    interval: z.int().meta({ description: "Weeks, months, quarters, years, or days (custom)." }),
    start_date: dateJson,
    end_date: dateJson.nullable().meta({ description: "Inclusive." }),
    next_generate_date: dateJson.nullable().meta({ description: "Null once completed." }),
    last_generated_at: instantJson.nullable(),
    auto_send: z.boolean(),
    catch_up: z.enum(catchUps).meta({
      description: "What a night does about occurrences it finds missed.",
    }),
    currency: z.string(),
    subtotal: minorJson,
    tax_total: minorJson,
    discount_type: z.enum(["percentage", "fixed"]).nullable(),
    discount_value: z.number().nullable().meta({
      description: "Per cent for a percentage, minor units for a fixed discount.",
    }),
    discount_total: minorJson,
    total: minorJson,
    notes: z.string().nullable(),
    payment_terms: z.int().meta({ description: "Days." }),
    occurrences_generated: z.int(),
    max_occurrences: z.int().nullable(),
    parked_at: instantJson.nullable().meta({
      description: "Set while the series waits for a person; POST …/release lets it go on.",
    }),
    parked_code: z.string().nullable(),
    parked_reason: z.string().nullable(),
    released_through: dateJson.nullable(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "RecurringInvoice" });

export function presentRecurringInvoice(series: RecurringInvoiceRow) {
  return {
    id: series.id,
    client_id: series.clientId,
    title: series.title,
    status: series.status,
    is_archived: series.isArchived,
    frequency: series.frequency,
    frequency_label: frequencyLabels[series.frequency],
    interval: series.interval,
    start_date: series.startDate,
    end_date: series.endDate,
    next_generate_date: series.nextGenerateDate,
    last_generated_at: presentInstant(series.lastGeneratedAt),
    auto_send: series.autoSend,
    catch_up: series.catchUp,
    currency: series.currency,
    subtotal: series.subtotal,
    tax_total: series.taxTotal,
    discount_type: series.discountType,
    discount_value: presentDiscountValue(series),
    discount_total: series.discountTotal,
    total: series.total,
    notes: series.notes,
    payment_terms: series.paymentTerms,
    occurrences_generated: series.occurrencesGenerated,
    max_occurrences: series.maxOccurrences,
    parked_at: presentInstant(series.parkedAt),
    parked_code: series.parkedCode,
    parked_reason: series.parkedReason,
    released_through: series.releasedThrough,
    created_at: presentInstant(series.createdAt),
    updated_at: presentInstant(series.updatedAt),
  };
}

export const recurringLineJson = lineJson
  .omit({
    long_description: true,
    unit: true,
    discount_type: true,
    discount_value: true,
    discount_amount: true,
    tax_rate_id: true,
  })
  .meta({ id: "RecurringInvoiceLine" });

/** A line of a series has the keys of an invoice's line; it never bills work, and is never a fee. */
export function presentRecurringLine(line: RecurringInvoiceLineRow) {
  return {
    id: line.id,
    service_id: line.serviceId,
    time_entry_id: null,
    expense_id: null,
    description: line.description,
    quantity: Number(line.quantity),
    unit_price: line.unitPrice,
    amount: line.amount,
    tax_name_1: line.taxName1,
    tax_rate_1: line.taxRate1 === null ? null : Number(line.taxRate1),
    tax_amount_1: line.taxAmount1,
    tax_name_2: line.taxName2,
    tax_rate_2: line.taxRate2 === null ? null : Number(line.taxRate2),
    tax_amount_2: line.taxAmount2,
    sort_order: line.sortOrder,
    is_late_fee: false,
    created_at: presentInstant(line.createdAt),
    updated_at: presentInstant(line.updatedAt),
  };
}

export const occurrenceJson = z
  .object({
    period_start: dateJson,
    period_end: dateJson,
    outcome: z.enum(["generated", "skipped", "moved"]).meta({
      description: "Moved: its invoice is in another company than the series.",
    }),
    reason: z.string().nullable().meta({ description: "Why it was skipped: missed, paused, …" }),
    invoice_id: z.int().nullable(),
    business_date: dateJson.meta({ description: "The company's day on which it was decided." }),
    created_at: instantJson,
  })
  .meta({ id: "RecurringOccurrence" });

export function presentOccurrence(occurrence: RecurringOccurrenceRow) {
  return {
    period_start: occurrence.periodStart,
    period_end: occurrence.periodEnd,
    outcome: occurrence.outcome,
    reason: occurrence.reason,
    invoice_id: occurrence.invoiceId,
    business_date: occurrence.businessDate,
    created_at: presentInstant(occurrence.createdAt),
  };
}
