import { addDays, type LocalDate } from "../billing/dates.ts";
import { decideResume } from "../billing/due-occurrences.ts";
import { period, type Recurrence } from "../billing/recurrence.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { RecurringInvoiceLineRow } from "../db/recurring-invoice-lines.ts";
import type { RecurringInvoiceRow } from "../db/recurring-invoices.ts";
import { discountOf, draftOfLine, priceInvoice, type PricedInvoice } from "./price-invoice.ts";
import { recurrenceOf } from "./series-schedule.ts";

export interface PreviewedOccurrence {
  date: LocalDate;
  periodStart: LocalDate;
  /** Inclusive. */
  periodEnd: LocalDate;
  /** Its day has passed: made up, skipped or parked for, as `catchUp` and the limit say. */
  isMissed: boolean;
  issueDate: LocalDate;
  dueDate: LocalDate;
}

export type PreviewedAmounts = Omit<PricedInvoice, "lines">;

/**
 * The next occurrences of a series, at most `count`, and what an invoice of each comes to today.
 * Nothing is written and no number taken. A series that stands still is shown as if it went on today.
 */
export function previewRecurringInvoice(
  company: CompanyRow,
  input: {
    series: RecurringInvoiceRow;
    lines: readonly RecurringInvoiceLineRow[];
    today: LocalDate;
    count: number;
  },
): { occurrences: PreviewedOccurrence[]; amounts: PreviewedAmounts } {
  const { lines: _, ...amounts } = priceInvoice(company, {
    lines: input.lines.map(draftOfLine),
    discount: discountOf(input.series),
    adjustment: 0n,
    lateFee: 0n,
  });
  return { occurrences: nextOccurrences(input.series, input.today, input.count), amounts };
}

function nextOccurrences(
  series: RecurringInvoiceRow,
  today: LocalDate,
  count: number,
): PreviewedOccurrence[] {
  if (series.status === "completed") return [];
  const recurrence = recurrenceOf(series);
  const { endDate, maxOccurrences, occurrencesGenerated } = series;
  const standsStill = series.status === "paused" || series.isArchived;
  const first = standsStill ? decideResume(recurrence, series.nextK, today).nextK : series.nextK;
  const room = maxOccurrences === null ? Infinity : maxOccurrences - occurrencesGenerated;

  const found: PreviewedOccurrence[] = [];
  for (let k = first; found.length < Math.min(count, room); k += 1) {
    const next = withinCalendar(() =>
      preview(recurrence, k, { today, terms: series.paymentTerms }),
    );
    if (next === undefined || (endDate !== null && next.date > endDate)) break;
    found.push(next);
  }
  return found;
}

function preview(
  recurrence: Recurrence,
  k: number,
  { today, terms }: { today: LocalDate; terms: number },
): PreviewedOccurrence {
  const { start, end } = period(recurrence, k);
  const isMissed = start < today;
  const issueDate = isMissed ? today : start;
  return {
    date: start,
    periodStart: start,
    periodEnd: end,
    isMissed,
    issueDate,
    dueDate: addDays(issueDate, terms),
  };
}

/** Undefined for dates after the year 9999: there are no more occurrences then. */
function withinCalendar<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
