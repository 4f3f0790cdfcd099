import { addDays, type LocalDate } from "../billing/dates.ts";
import { countMissedAtStart, decideResume } from "../billing/due-occurrences.ts";
import { checkRecurrence, type Frequency, type Recurrence } from "../billing/recurrence.ts";
import type { Tx } from "../db/client.ts";
import { recordOccurrences } from "../db/night-invoices.ts";
import type { CatchUp, RecurringInvoiceRow } from "../db/recurring-invoices.ts";
import { InvalidInput } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";

/** Where a series stands: its grid, how far it got, and where it ends. */
export type Schedule = Pick<
  RecurringInvoiceRow,
  | "frequency"
  | "interval"
  | "startDate"
  | "endDate"
  | "anchorDate"
  | "nextK"
  | "nextGenerateDate"
  | "maxOccurrences"
  | "occurrencesGenerated"
  | "status"
>;

/** A hundred years in each unit: nothing longer is meant, and years stay within four digits. */
const intervalMax: Readonly<Record<Frequency, number>> = {
  weekly: 5_200,
  monthly: 1_200,
  quarterly: 400,
  yearly: 100,
  custom: 36_500,
};

/** A series may not begin later than this many days from today, nor more occurrences ago than that. */
const daysAheadMax = 36_525;
const tooFarAhead = "Must be within the next hundred years.";
const occurrencesBehindMax = 1_000;

export function recurrenceOf(
  schedule: Pick<Schedule, "frequency" | "interval" | "anchorDate">,
): Recurrence {
  const { frequency, interval, anchorDate } = schedule;
  return { frequency, interval, anchor: anchorDate };
}

/** Refuses a rule that no calendar can follow (BILLING.md 1.4), and an end before the start. */
export function checkSchedule(by: Acting, schedule: Schedule): void {
  const { frequency, interval, startDate, endDate, maxOccurrences, occurrencesGenerated } =
    schedule;
  if (interval > intervalMax[frequency]) {
    const text = `Must not be greater than ${intervalMax[frequency]} for a ${frequency} series.`;
    throw new InvalidInput({ interval: [text] });
  }
  const latest = addDays(todayOf(by), daysAheadMax);
  if (startDate > latest) throw new InvalidInput({ start_date: [tooFarAhead] });
  if (schedule.anchorDate > latest) throw new InvalidInput({ next_generate_date: [tooFarAhead] });
  const fault = checkRecurrence(recurrenceOf(schedule));
  if (fault !== undefined) throw new InvalidInput({ interval: [sentence(fault)] });
  if (endDate !== null && endDate <= startDate) {
    throw new InvalidInput({ end_date: ["Must be a date after start_date."] });
  }
  if (maxOccurrences !== null && maxOccurrences < occurrencesGenerated) {
    const text = `This series has already made ${occurrencesGenerated} invoices.`;
    throw new InvalidInput({ max_occurrences: [text] });
  }
}

/**
 * Refuses a grid that begins so far back that more invoices than the company's catch-up limit would
 * be made up at once, unless the caller said what to do about them (case C15). Only for a grid that
 * was just anchored; `field` is where the caller gave its date.
 */
export function checkBeginning(
  by: Acting,
  schedule: Schedule,
  input: { catchUp: CatchUp | undefined; field: "start_date" | "next_generate_date" | "frequency" },
): void {
  const today = todayOf(by);
  const { anchorDate, endDate, maxOccurrences, occurrencesGenerated } = schedule;
  const recurrence = recurrenceOf(schedule);
  const past = addDays(today, -1);
  const countThrough = (day: LocalDate) =>
    countMissedAtStart(recurrence, addDays(endDate !== null && endDate < day ? endDate : day, 1));
  if (countThrough(past) > occurrencesBehindMax) {
    const text = `At most ${occurrencesBehindMax} occurrences may have passed; since this date ${countThrough(past)} have.`;
    throw new InvalidInput({ [input.field]: [text] });
  }
  if (input.catchUp !== undefined) return;

  const room = maxOccurrences === null ? Infinity : maxOccurrences - occurrencesGenerated;
  const missed = Math.min(countThrough(past), room);
  // Today's own occurrence is due as well, though not missed.
  const due = Math.min(countThrough(today), room);
  const limit = by.company.catchUpLimit;
  if (missed > limit) {
    const text =
      `This would make ${due} invoices at once, one for each occurrence since ${anchorDate}; ` +
      `${missed} of them are missed, more than the catch-up limit of ${limit}. ` +
      "Set catch_up to all, latest or none to say what is meant, or choose a later date.";
    throw new InvalidInput({ [input.field]: [text] }, { code: "catch_up_required" });
  }
}

/**
 * Says where a series stands once its next occurrence is known: completed when none can come any
 * more (BILLING.md 1.6), and no longer completed when one can.
 */
export function settled(
  schedule: Schedule,
  next: { k: number; date: LocalDate },
): Pick<Schedule, "status" | "nextK" | "nextGenerateDate"> {
  const { status, endDate, maxOccurrences, occurrencesGenerated } = schedule;
  const isOver =
    (maxOccurrences !== null && occurrencesGenerated >= maxOccurrences) ||
    (endDate !== null && next.date > endDate);
  return {
    status: isOver ? "completed" : status === "completed" ? "active" : status,
    nextK: next.k,
    nextGenerateDate: isOver ? null : next.date,
  };
}

/**
 * Moves a series that stood still to the first occurrence of its grid that is today or later, and
 * records those it passes over as skipped, with the reason (BILLING.md 1.5, case C7).
 */
export async function passOver(
  tx: Tx,
  by: Acting,
  series: Schedule & { id: number },
  reason: "paused" | "archived" | "completed",
): Promise<Pick<Schedule, "status" | "nextK" | "nextGenerateDate">> {
  const today = todayOf(by);
  const { nextK, nextDate, skipped } = decideResume(recurrenceOf(series), series.nextK, today);
  const { endDate } = series;
  const rows = skipped
    .filter(({ date }) => endDate === null || date <= endDate)
    .map(({ periodStart, periodEnd }) => ({
      seriesId: series.id,
      periodStart,
      periodEnd,
      invoiceId: null,
      reason,
    }));
  if (rows.length > 0) {
    await recordOccurrences(tx, {
      companyId: by.company.id,
      businessDate: today,
      now: by.now,
      rows,
      byHand: true,
    });
  }
  return settled(series, { k: nextK, date: nextDate });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}
