import { localDateOf, type LocalDate } from "../../billing/dates.ts";

const DAY_MS = 86_400_000;
const PAST_DAYS = 30;
const FUTURE_DAYS = 365;
/** After so many days everything is read again, so that later events come in. */
const ROUND_EVERY_DAYS = 30;

/** What of a calendar is read: a series without an end has to end somewhere. */
export function spanAt(now: Date): { spanFrom: Date; spanTo: Date } {
  return {
    spanFrom: new Date(now.getTime() - PAST_DAYS * DAY_MS),
    spanTo: new Date(now.getTime() + FUTURE_DAYS * DAY_MS),
  };
}

export function isSpanOld({ spanTo }: { spanTo: Date }, now: Date): boolean {
  return spanTo.getTime() - now.getTime() < (FUTURE_DAYS - ROUND_EVERY_DAYS) * DAY_MS;
}

/** What ended before is not shown in a calendar any more. */
export function firstDayShown(now: Date, timezone: string): LocalDate {
  return localDateOf(spanAt(now).spanFrom, timezone);
}
