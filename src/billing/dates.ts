import { Temporal } from "temporal-polyfill";

/** A calendar day without zone or time, "YYYY-MM-DD", years 0001–9999. Sorts as text. */
export type LocalDate = string;

/** Calendar fields of a day: month 1–12, day 1–31. */
export interface CalendarDay {
  year: number;
  month: number;
  day: number;
}

const DAYS_PER_400_YEARS = 146_097;
/** Day numbers of 0001-01-01 and 9999-12-31, counted from 1970-01-01. */
const FIRST_DAY_NUMBER = -719_162;
const LAST_DAY_NUMBER = 2_932_896;

/** Whether the text is a real day of the calendar: 2026-02-29 is not. */
export function isLocalDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const { year, month, day } = fields(text);
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** Throws `RangeError` for what is no day of the calendar, and when the result would not be one. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return fromDayNumber(toDayNumber(date) + days);
}

/** Every day from one to the other, which are included. */
export function listDays(from: LocalDate, to: LocalDate): LocalDate[] {
  const [first, last] = [toDayNumber(from), toDayNumber(to)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    fromDayNumber(first + index),
  );
}

/** Days from one date to another; negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return toDayNumber(to) - toDayNumber(from);
}

/** The day it is at an instant in an IANA zone. */
export function localDateOf(instant: Date, timezone: string): LocalDate {
  const local = Temporal.Instant.fromEpochMilliseconds(instant.getTime());
  const { year, month, day } = local.toZonedDateTimeISO(timezone);
  return formatDay({ year, month, day });
}

/**
 * The instant of a wall-clock time. A time in a gap moves forward by the gap; of a time that comes
 * twice the earlier one is meant (BILLING.md 1.3).
 */
export function nightInstant(local: {
  date: LocalDate;
  hour: number;
  minute: number;
  timezone: string;
}): Date {
  const { year, month, day } = parseDay(local.date);
  const wallClock = new Temporal.PlainDateTime(year, month, day, local.hour, local.minute);
  // "compatible" is RFC 5545's reading, which is exactly that rule.
  const zoned = wallClock.toZonedDateTime(local.timezone, { disambiguation: "compatible" });
  return new Date(zoned.epochMilliseconds);
}

/** Names that ICU still has, and the IANA database and PostgreSQL have not. */
const FORMER_ZONE = /^(?:systemv\/.*|us\/pacific-new|canada\/east-saskatchewan)$/i;

/**
 * An IANA zone by its name, in its own letters; undefined when there is none of this name. Bare offsets
 * like "+05:00" are none: they know no DST.
 */
export function findTimezone(text: string): string | undefined {
  if (!/^[A-Za-z]/.test(text) || FORMER_ZONE.test(text)) return undefined;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Throws `RangeError` for what is no day of the calendar. */
export function parseDay(date: LocalDate): CalendarDay {
  const parsed = fields(date);
  const { year, month, day } = parsed;
  const isReal =
    date.length === 10 &&
    year >= 1 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    (day <= 28 || day <= daysInMonth(year, month));
  if (!isReal) throw new RangeError(`"${date}" is no date in the form YYYY-MM-DD`);
  return parsed;
}

/** Throws `RangeError` for years before 1 or after 9999. */
export function formatDay({ year, month, day }: CalendarDay): LocalDate {
  if (!(year >= 1 && year <= 9999)) throw new RangeError("a date beyond the years 1 to 9999");
  const yyyy = year > 999 ? `${year}` : `${year}`.padStart(4, "0");
  return `${yyyy}-${month < 10 ? "0" : ""}${month}-${day < 10 ? "0" : ""}${day}`;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Days since 1970-01-01 in the Gregorian calendar, by counting from 1 March so that the leap day is
 * the last of its year (H. Hinnant, "chrono-compatible low-level date algorithms").
 */
export function toDayNumber(date: LocalDate): number {
  const { year, month, day } = parseDay(date);
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_400_YEARS + dayOfEra - 719_468;
}

/** Throws `RangeError` for a number that is no day of the years 1 to 9999. */
export function fromDayNumber(dayNumber: number): LocalDate {
  // Said this way round, NaN is refused too.
  if (!(dayNumber >= FIRST_DAY_NUMBER && dayNumber <= LAST_DAY_NUMBER)) {
    throw new RangeError("a date beyond the years 1 to 9999");
  }
  const shifted = dayNumber + 719_468;
  const era = Math.floor(shifted / DAYS_PER_400_YEARS);
  const dayOfEra = shifted - era * DAYS_PER_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return formatDay({
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  });
}

/** The digits at their places; NaN where something else stands. */
function fields(date: LocalDate): CalendarDay {
  const hasDashes = date.charCodeAt(4) === 45 && date.charCodeAt(7) === 45;
  return {
    year: hasDashes ? pair(date, 0) * 100 + pair(date, 2) : Number.NaN,
    month: pair(date, 5),
    day: pair(date, 8),
  };
}

function pair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
