import { addDays, type LocalDate } from "./dates.ts";
import { decideDue } from "./due-occurrences.ts";
import { findUnknownPlaceholder } from "./placeholders.ts";
import type { Frequency } from "./recurrence.ts";
import { computeTotals, type Discount, type Totals } from "./totals.ts";

/** A line of a series. Scales as in totals.ts: quantity 10⁴, unit price 10⁶, rates 10³. */
export interface SeriesLine {
  id: number;
  quantity: bigint;
  unitPrice: bigint;
  /** Names may be left out (null) where taxes are rounded per line. */
  taxName1: string | null;
  taxRate1: bigint | null;
  taxName2: string | null;
  taxRate2: bigint | null;
  /** The text, but only when it holds a placeholder; else it is copied as it stands. */
  template: string | null;
}

/** A series as the night finds it. */
export interface SeriesState {
  id: number;
  frequency: Frequency;
  interval: number;
  anchorDate: LocalDate;
  nextK: number;
  endDate: LocalDate | null;
  maxOccurrences: number | null;
  occurrencesGenerated: number;
  catchUp: "all" | "latest" | "none";
  releasedThrough: LocalDate | null;
  paymentTerms: number;
  autoSend: boolean;
  clientIsGone: boolean;
  discount: Discount | null;
  /** The notes, but only when they hold a placeholder. */
  notesTemplate: string | null;
  lines: SeriesLine[];
}

export interface SeriesPolicy {
  businessDate: LocalDate;
  catchUpLimit: number;
  taxRounding: "per_line" | "per_invoice";
  sendsMadeUpInvoices: boolean;
}

export interface PlannedInvoice {
  periodStart: LocalDate;
  periodEnd: LocalDate;
  dueDate: LocalDate;
  sends: boolean;
}

export interface Period {
  periodStart: LocalDate;
  periodEnd: LocalDate;
}

export type SeriesPlan =
  | {
      kind: "due";
      invoices: PlannedInvoice[];
      skipped: (Period & { reason: string })[];
      /** Every invoice of the series has the same amounts. */
      totals: Totals;
      nextK: number;
      nextDate: LocalDate | null;
      completed: boolean;
    }
  | { kind: "parked"; code: string; reason: string; preview: Period[] };

/**
 * What a night makes of one due series (BILLING.md section 3), or why only a person can decide.
 * Invoices come in the order of their periods; they are issued on the business date.
 */
export function planSeries(series: SeriesState, policy: SeriesPolicy): SeriesPlan {
  const fault = findFault(series);
  if (fault !== undefined) return { kind: "parked", preview: [], ...fault };

  const decision = decideDue({
    recurrence: {
      frequency: series.frequency,
      interval: series.interval,
      anchor: series.anchorDate,
    },
    nextK: series.nextK,
    businessDate: policy.businessDate,
    endDate: series.endDate,
    maxOccurrences: series.maxOccurrences,
    occurrencesGenerated: series.occurrencesGenerated,
    catchUp: series.catchUp,
    catchUpLimit: policy.catchUpLimit,
    releasedThrough: series.releasedThrough,
  });
  if (decision.kind === "parked") return decision;

  const totals = computeTotals({
    lines: series.lines,
    discount: series.discount,
    taxRounding: policy.taxRounding,
  });
  if (totals.total < 0n) {
    const reason = `its lines come to a negative total of ${totals.total} minor units`;
    return { kind: "parked", code: "negative_total", reason, preview: [] };
  }

  const dueDate = addDays(policy.businessDate, series.paymentTerms);
  const newest = decision.generate.at(-1);
  const invoices = decision.generate.map((occurrence) => ({
    periodStart: occurrence.periodStart,
    periodEnd: occurrence.periodEnd,
    dueDate,
    sends:
      series.autoSend &&
      totals.total > 0n &&
      (occurrence === newest || !occurrence.isMissed || policy.sendsMadeUpInvoices),
  }));
  const { nextK, nextDate, completed } = decision;
  return { kind: "due", invoices, skipped: decision.skip, totals, nextK, nextDate, completed };
}

function findFault(series: SeriesState): { code: string; reason: string } | undefined {
  if (series.clientIsGone) {
    return { code: "client_archived", reason: "its client is archived or deleted" };
  }
  if (series.lines.length === 0) {
    return { code: "no_lines", reason: "it has no lines to bill" };
  }
  for (const text of [series.notesTemplate, ...series.lines.map((line) => line.template)]) {
    const unknown = text === null ? undefined : findUnknownPlaceholder(text);
    if (unknown !== undefined) {
      return { code: "unknown_placeholder", reason: `unknown placeholder ${unknown}` };
    }
  }
  return undefined;
}
