import { daysInMonth, formatDay, parseDay, type LocalDate } from "./dates.ts";

/** A month of the calendar, "YYYY-MM". Sorts as text. */
export type Month = string;

export function monthOf(date: LocalDate): Month {
  return date.slice(0, 7);
}

/** Every month of which a day lies between the two, which are included; oldest first. */
export function listMonths(from: LocalDate, to: LocalDate): Month[] {
  const [first, last] = [monthNumber(from), monthNumber(to)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    monthOf(firstDay(first + index)),
  );
}

/** First and last day of the last `count` months, the one that holds `today` included. */
export function lastMonths(today: LocalDate, count: number): { from: LocalDate; to: LocalDate } {
  const { year, month } = parseDay(today);
  return {
    from: firstDay(monthNumber(today) - count + 1),
    to: formatDay({ year, month, day: daysInMonth(year, month) }),
  };
}

const NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** As people read it: "2026-04" is "Apr 2026". */
export function formatMonth(month: Month): string {
  const { year, month: number } = parseDay(`${month}-01`);
  return `${NAMES[number - 1]} ${year}`;
}

/** Months since the year 0. */
function monthNumber(date: LocalDate): number {
  const { year, month } = parseDay(date);
  return year * 12 + month - 1;
}

function firstDay(number: number): LocalDate {
  return formatDay({ year: Math.floor(number / 12), month: (number % 12) + 1, day: 1 });
}
