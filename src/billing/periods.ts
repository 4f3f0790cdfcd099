import { addDays, daysBetween, daysInMonth, formatDay, parseDay, type LocalDate } from "./dates.ts";

export const calendarPeriods = ["day", "week", "month", "quarter", "year"] as const;
export type CalendarPeriod = (typeof calendarPeriods)[number];

/** First and last day. */
export interface Days {
  start: LocalDate;
  end: LocalDate;
}

const A_MONDAY = "1970-01-05";
const LAST_DAY = "9999-12-31";
const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

/** The day itself, or the calendar's week (from Monday), month, quarter or year that it lies in. */
export function periodOf(period: CalendarPeriod, day: LocalDate): Days {
  if (period === "day") return { start: day, end: day };
  if (period === "week") {
    const sinceMonday = ((daysBetween(A_MONDAY, day) % 7) + 7) % 7;
    const start = addDays(day, -sinceMonday);
    return { start, end: addDays(start, Math.min(6, daysBetween(start, LAST_DAY))) };
  }
  const { year, month } = parseDay(day);
  const count = MONTHS[period];
  const first = month - ((month - 1) % count);
  const last = first + count - 1;
  return {
    start: formatDay({ year, month: first, day: 1 }),
    end: formatDay({ year, month: last, day: daysInMonth(year, last) }),
  };
}

/**
 * Every period of which a day lies between the two, which are included; oldest first, at most
 * `countMax` + 1 of them.
 */
export function listPeriods(
  period: CalendarPeriod,
  { start, end }: Days,
  countMax: number,
): Days[] {
  const periods = [periodOf(period, start)];
  for (let last = periods[0]!; last.end < end && periods.length <= countMax;) {
    last = periodOf(period, addDays(last.end, 1));
    periods.push(last);
  }
  return periods;
}
