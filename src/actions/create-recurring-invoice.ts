import type { LocalDate } from "../billing/dates.ts";
import type { Frequency } from "../billing/recurrence.ts";
import type { Tx } from "../db/client.ts";
import { insertRecurringInvoiceLines } from "../db/recurring-invoice-lines.ts";
import {
  insertRecurringInvoice,
  type CatchUp,
  type RecurringInvoiceRow,
} from "../db/recurring-invoices.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { checkPlaceholders } from "./check-placeholders.ts";
import { completeLines, type LineInput } from "./complete-lines.ts";
import { getBillableClient } from "./create-invoice.ts";
import { mergeDiscount, type DiscountInput } from "./discounts.ts";
import { discountColumns, lineItemField, priceInvoice } from "./price-invoice.ts";
import { recordSeriesEvent } from "./recurring-invoice-events.ts";
import { requireFeature } from "./require-plan.ts";
import { seriesLineValues } from "./rewrite-recurring-invoice.ts";
import { checkBeginning, checkSchedule, settled, type Schedule } from "./series-schedule.ts";

export interface CreateRecurringInvoiceInput {
  clientId: number;
  title: string;
  frequency: Frequency;
  /** Default 1. */
  interval?: number | undefined;
  startDate: LocalDate;
  endDate?: LocalDate | null | undefined;
  /** Default: the start date. Otherwise the grid is anchored here. */
  nextGenerateDate?: LocalDate | undefined;
  maxOccurrences?: number | null | undefined;
  /** Default: all, unless that would make up more than the company's limit. */
  catchUp?: CatchUp | undefined;
  autoSend?: boolean | undefined;
  /** Default: the client's. */
  currency?: string | undefined;
  /** Days. Default: the client's, or else the company's. */
  paymentTerms?: number | undefined;
  discount?: DiscountInput | undefined;
  notes?: string | null | undefined;
  lines?: readonly LineInput[] | undefined;
}

/**
 * Writes an active series whose grid is anchored at its start date (BILLING.md section 1). Throws
 * `InvalidInput` for what does not fit, and for a start so far back that it would make more invoices
 * at once than the company's catch-up limit, unless `catchUp` says that this is meant (case C15).
 */
export async function createRecurringInvoice(
  tx: Tx,
  by: Acting,
  input: CreateRecurringInvoiceInput,
): Promise<RecurringInvoiceRow> {
  const { company, now } = by;
  const companyId = company.id;
  requireFeature(company, "recurringInvoices");
  checkPlaceholders({ title: input.title, notes: input.notes, ...lineTexts(input.lines) });
  const schedule = scheduleOf(input);
  checkSchedule(by, schedule);
  checkBeginning(by, schedule, {
    catchUp: input.catchUp,
    field: input.nextGenerateDate === undefined ? "start_date" : "next_generate_date",
  });

  const client = await getBillableClient(tx, companyId, input.clientId);
  const discount = mergeDiscount(null, input.discount ?? {});
  const { lines, subtotal, discountTotal, taxTotal, total } = priceInvoice(company, {
    lines: await completeLines(tx, company, {
      lines: input.lines ?? [],
      known: new Map(),
      fieldOf: lineItemField,
    }),
    discount,
    adjustment: 0n,
    lateFee: 0n,
  });
  const series = await insertRecurringInvoice(tx, {
    companyId,
    clientId: client.id,
    title: input.title,
    status: schedule.status,
    frequency: schedule.frequency,
    interval: schedule.interval,
    startDate: schedule.startDate,
    endDate: schedule.endDate,
    anchorDate: schedule.anchorDate,
    nextK: schedule.nextK,
    nextGenerateDate: schedule.nextGenerateDate,
    maxOccurrences: schedule.maxOccurrences,
    catchUp: input.catchUp ?? "all",
    autoSend: input.autoSend ?? false,
    currency: input.currency ?? client.currency,
    paymentTerms: input.paymentTerms ?? client.paymentTerms ?? company.defaultPaymentTerms,
    ...discountColumns(discount),
    notes: input.notes ?? null,
    subtotal,
    discountTotal,
    taxTotal,
    total,
    createdAt: now,
  });
  await insertRecurringInvoiceLines(
    tx,
    { companyId, now },
    lines.map((line) => seriesLineValues(series.id, line)),
  );
  await recordSeriesEvent(tx, by, "recurring-invoice.created", series);
  return series;
}

/** The texts of lines by the names of their fields. */
export function lineTexts(lines: readonly LineInput[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (lines ?? []).map((line, index) => [lineItemField(index, "description"), line.description]),
  );
}

function scheduleOf(input: CreateRecurringInvoiceInput): Schedule {
  const anchorDate = input.nextGenerateDate ?? input.startDate;
  if (anchorDate < input.startDate) {
    throw new InvalidInput({ next_generate_date: ["Must not be before the start date."] });
  }
  const endDate = input.endDate ?? null;
  // An end that is not even after the start is for checkSchedule to name.
  const hasRoom = endDate === null || endDate <= input.startDate || endDate >= anchorDate;
  if (input.nextGenerateDate !== undefined && !hasRoom) {
    throw new InvalidInput({ next_generate_date: ["Must not be after the end date."] });
  }
  const schedule: Schedule = {
    frequency: input.frequency,
    interval: input.interval ?? 1,
    startDate: input.startDate,
    endDate,
    anchorDate,
    nextK: 0,
    nextGenerateDate: anchorDate,
    maxOccurrences: input.maxOccurrences ?? null,
    occurrencesGenerated: 0,
    status: "active",
  };
  return { ...schedule, ...settled(schedule, { k: 0, date: anchorDate }) };
}
