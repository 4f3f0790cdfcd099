import {
  addDays,
  daysBetween,
  daysInMonth,
  formatDay,
  fromDayNumber,
  isLocalDate,
  parseDay,
  toDayNumber,
  type LocalDate,
} from "./dates.ts";

export type Frequency = "weekly" | "monthly" | "quarterly" | "yearly" | "custom";

/** Every `interval` weeks, months, quarters or years; `custom` counts days (BILLING.md 1.2). */
export interface Recurrence {
  frequency: Frequency;
  interval: number;
  /** Occurrence 0. All others are worked out from it, never from one another. */
  anchor: LocalDate;
}

/** What one invoice of a series is for; both days are part of it. */
export interface OccurrencePeriod {
  start: LocalDate;
  end: LocalDate;
}

/**
 * The k-th date from the anchor, k ≥ 0. A month without the anchor's day gives its last day, and the
 * next month has the day again (BILLING.md 1.1). Throws `RangeError` beyond the year 9999.
 */
export function occurrence({ frequency, interval, anchor }: Recurrence, k: number): LocalDate {
  const step = stepOf(frequency);
  const count = interval * k;
  if (step.unit === "day") return fromDayNumber(toDayNumber(anchor) + step.length * count);
  return addMonths(anchor, step.length * count);
}

/** From occurrence k to the day before occurrence k + 1. Throws `RangeError` beyond 9999. */
export function period(recurrence: Recurrence, k: number): OccurrencePeriod {
  return {
    start: occurrence(recurrence, k),
    end: addDays(occurrence(recurrence, k + 1), -1),
  };
}

/** The k of the first occurrence on or after a date; 0 for dates before the anchor. */
export function firstOccurrenceOnOrAfter(recurrence: Recurrence, date: LocalDate): number {
  const { frequency, interval, anchor } = recurrence;
  if (date <= anchor) return 0;
  const step = stepOf(frequency);
  if (step.unit === "day") {
    return Math.ceil(daysBetween(anchor, date) / (step.length * interval));
  }
  // The last occurrence in the date's month or an earlier one; the next is in a later month.
  const k = Math.floor((monthNumber(date) - monthNumber(anchor)) / (step.length * interval));
  return occurrence(recurrence, k) >= date ? k : k + 1;
}

/**
 * Why a rule can make no series of dates, or undefined when it can (BILLING.md 1.4). Later dates may
 * still pass the year 9999; `occurrence` then throws.
 */
export function checkRecurrence(recurrence: Recurrence): string | undefined {
  const { interval, anchor } = recurrence;
  if (!Number.isSafeInteger(interval) || interval < 1) {
    return `the interval ${interval} is no whole number from 1`;
  }
  if (!isLocalDate(anchor)) return `the first date "${anchor}" is no date`;
  try {
    const second = occurrence(recurrence, 1);
    return second > anchor ? undefined : `the second date ${second} is not after ${anchor}`;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return "its second date would be after the year 9999";
  }
}

function stepOf(frequency: Frequency): { unit: "day" | "month"; length: number } {
  switch (frequency) {
    case "custom":
      return { unit: "day", length: 1 };
    case "weekly":
      return { unit: "day", length: 7 };
    case "monthly":
      return { unit: "month", length: 1 };
    case "quarterly":
      return { unit: "month", length: 3 };
    case "yearly":
      return { unit: "month", length: 12 };
  }
}

function addMonths(date: LocalDate, months: number): LocalDate {
  const { year, month, day } = parseDay(date);
  const count = year * 12 + month - 1 + months;
  const newYear = Math.floor(count / 12);
  const newMonth = count - newYear * 12 + 1;
  return formatDay({
    year: newYear,
    month: newMonth,
    day: day <= 28 ? day : Math.min(day, daysInMonth(newYear, newMonth)),
  });
}

function monthNumber(date: LocalDate): number {
  const { year, month } = parseDay(date);
  return year * 12 + month - 1;
}
