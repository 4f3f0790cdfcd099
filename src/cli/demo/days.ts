import { nightInstant, type LocalDate } from "../../billing/dates.ts";

/** The demo company's zone, where it has been noon, and the studio at work, between any two nights. */
export const TIMEZONE = "America/Toronto";

export function noonOf(date: LocalDate): Date {
  return nightInstant({ date, hour: 12, minute: 0, timezone: TIMEZONE });
}
