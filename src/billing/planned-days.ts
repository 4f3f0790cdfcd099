import { localDateOf, type LocalDate } from "./dates.ts";

/** When planned work is: an interval of instants, or whole days of which the last is included. */
export type PlannedTime =
  | { startsAt: Date; endsAt: Date }
  | { startDate: LocalDate; endDate: LocalDate };

/** The first and the last day that planned work touches, in its zone. What ends at midnight does not touch the day after. */
export function plannedDays(
  time: PlannedTime,
  timezone: string,
): { startDate: LocalDate; endDate: LocalDate } {
  if ("startDate" in time) return { startDate: time.startDate, endDate: time.endDate };
  const { startsAt, endsAt } = time;
  const last = new Date(Math.max(startsAt.getTime(), endsAt.getTime() - 1));
  return { startDate: localDateOf(startsAt, timezone), endDate: localDateOf(last, timezone) };
}
