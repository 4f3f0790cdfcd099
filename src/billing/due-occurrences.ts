import { addDays, type LocalDate } from "./dates.ts";
import {
  checkRecurrence,
  firstOccurrenceOnOrAfter,
  occurrence,
  period,
  type Recurrence,
} from "./recurrence.ts";

export interface Occurrence {
  k: number;
  date: LocalDate;
  periodStart: LocalDate;
  /** Inclusive. */
  periodEnd: LocalDate;
}

/** What decides whether a series goes on after some occurrence (BILLING.md 1.6). */
export interface SeriesLimits {
  /** Inclusive; null for none. */
  endDate: LocalDate | null;
  /** Invoices, not dates: skipped occurrences do not count. */
  maxOccurrences: number | null;
  occurrencesGenerated: number;
}

export interface DueInput extends SeriesLimits {
  recurrence: Recurrence;
  /** The first occurrence that is neither generated nor skipped. */
  nextK: number;
  businessDate: LocalDate;
  /** What to do about occurrences before the business date. */
  catchUp: "all" | "latest" | "none";
  /** More missed ones than this are made up only after an operator's release. */
  catchUpLimit: number;
  /** An operator released everything due up to this day. */
  releasedThrough?: LocalDate | null;
}

export type DueDecision =
  | {
      kind: "due";
      /** Oldest first. Missed ones have a date before the business date. */
      generate: (Occurrence & { isMissed: boolean })[];
      skip: (Occurrence & { reason: "missed" })[];
      nextK: number;
      /** Null once the series is completed. */
      nextDate: LocalDate | null;
      completed: boolean;
    }
  | {
      kind: "parked";
      code: "catch_up_limit" | "impossible_rule";
      reason: string;
      /** The oldest periods that would be billed, at most 366. */
      preview: Omit<Occurrence, "k">[];
    };

const PREVIEW_MAX = 366;

/** What a series owes on a business date, by BILLING.md 1.4, 1.6 and 3.3. */
export function decideDue(input: DueInput): DueDecision {
  const { recurrence, nextK } = input;
  const fault =
    checkRecurrence(recurrence) ??
    (Number.isSafeInteger(nextK) && nextK >= 0 ? undefined : `occurrence ${nextK} does not exist`);
  if (fault !== undefined) return impossible(fault);
  try {
    return decidePossible(input);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return impossible("its next period would end after the year 9999");
  }
}

function decidePossible(input: DueInput): DueDecision {
  const { recurrence, nextK, businessDate, endDate, maxOccurrences, catchUp } = input;
  const left =
    maxOccurrences === null ? Infinity : Math.max(0, maxOccurrences - input.occurrencesGenerated);
  const through = endDate !== null && endDate < businessDate ? endDate : businessDate;
  // Once the maximum is reached the series is over: nothing later is even skipped.
  const afterDue = left === 0 ? nextK : firstAfter(recurrence, through);

  // What each policy bills of the occurrences nextK … afterDue − 1: one stretch of them.
  let from = nextK;
  let to = afterDue;
  if (catchUp === "all") {
    to = Math.min(afterDue, nextK + left);
  } else if (catchUp === "latest") {
    from = Math.max(nextK, afterDue - 1);
  } else {
    // Only today's own, if today has one.
    from = Math.max(nextK, firstOccurrenceOnOrAfter(recurrence, businessDate));
  }

  if (catchUp === "all") {
    const parked = parkedByLimit(input, to);
    if (parked !== undefined) return parked;
  }
  const generate = occurrences(recurrence, from, to).map((one) => ({
    ...one,
    isMissed: one.date < businessDate,
  }));
  const skip = occurrences(recurrence, nextK, Math.min(from, afterDue)).map((one) => ({
    ...one,
    reason: "missed" as const,
  }));
  const newK = Math.max(nextK, to);
  const isLast = left !== Infinity && generate.length >= left;
  return { kind: "due", generate, skip, ...goOn(recurrence, newK, isLast, endDate) };
}

/** Parks a series that would make up more than its company allows unasked (BILLING.md 3.3). */
function parkedByLimit(input: DueInput, to: number): DueDecision | undefined {
  const { recurrence, nextK, businessDate, catchUpLimit, releasedThrough } = input;
  // What was released is not counted again. Only what was missed since is, so that a night a little
  // after the release does not park for the one date that has come up in between.
  const released = releasedThrough ?? null;
  const from = released === null ? nextK : Math.max(nextK, firstAfter(recurrence, released));
  const missed = Math.min(to, firstOccurrenceOnOrAfter(recurrence, businessDate)) - from;
  if (missed <= catchUpLimit) return undefined;
  const first = occurrence(recurrence, from);
  const last = occurrence(recurrence, from + missed - 1);
  const preview = occurrences(recurrence, nextK, Math.min(to, nextK + PREVIEW_MAX));
  return {
    kind: "parked",
    code: "catch_up_limit",
    reason: `it missed ${missed} dates, ${first} to ${last}, more than the limit of ${catchUpLimit}`,
    preview: preview.map(({ date, periodStart, periodEnd }) => ({ date, periodStart, periodEnd })),
  };
}

/**
 * Where a paused series goes on: the first occurrence of the same grid that is today or later. Those
 * that passed are to be recorded as skipped (BILLING.md 1.5). Knows no end of the series: a next date
 * after its end date means that it is completed.
 */
export function decideResume(
  recurrence: Recurrence,
  nextK: number,
  today: LocalDate,
): { nextK: number; nextDate: LocalDate; skipped: Occurrence[] } {
  const resumeK = Math.max(nextK, firstOccurrenceOnOrAfter(recurrence, today));
  return {
    nextK: resumeK,
    nextDate: occurrence(recurrence, resumeK),
    skipped: occurrences(recurrence, nextK, resumeK),
  };
}

/**
 * How many occurrences a series created today would already have missed; a caller who did not say
 * what to do about them is told (cases C15).
 */
export function countMissedAtStart(recurrence: Recurrence, today: LocalDate): number {
  return firstOccurrenceOnOrAfter(recurrence, today);
}

function goOn(
  recurrence: Recurrence,
  nextK: number,
  isLast: boolean,
  endDate: LocalDate | null,
): { nextK: number; nextDate: LocalDate | null; completed: boolean } {
  if (!isLast) {
    const nextDate = occurrence(recurrence, nextK);
    if (endDate === null || nextDate <= endDate) return { nextK, nextDate, completed: false };
  }
  return { nextK, nextDate: null, completed: true };
}

/** The k of the first occurrence after a date. */
function firstAfter(recurrence: Recurrence, date: LocalDate): number {
  return firstOccurrenceOnOrAfter(recurrence, addDays(date, 1));
}

/** Occurrences from … to − 1. */
function occurrences(recurrence: Recurrence, from: number, to: number): Occurrence[] {
  const found: Occurrence[] = [];
  for (let k = from; k < to; k += 1) {
    const { start, end } = period(recurrence, k);
    found.push({ k, date: start, periodStart: start, periodEnd: end });
  }
  return found;
}

function impossible(reason: string): DueDecision {
  return { kind: "parked", code: "impossible_rule", reason, preview: [] };
}
