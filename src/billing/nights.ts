import { addDays, localDateOf, nightInstant, type LocalDate } from "./dates.ts";

/** When a company's nights are: its zone and the local hour and minute. */
export interface NightHour {
  timezone: string;
  billingHour: number;
  billingMinute: number;
}

export interface Night {
  businessDate: LocalDate;
  /** The instant at which the night of that date is due. */
  at: Date;
}

export function nightOf(hour: NightHour, businessDate: LocalDate): Night {
  const at = nightInstant({
    date: businessDate,
    hour: hour.billingHour,
    minute: hour.billingMinute,
    timezone: hour.timezone,
  });
  return { businessDate, at };
}

/** How many days ahead a night can be previewed. */
export const PREVIEW_DAYS_MAX = 366;

/** What the preview of a night that has not come yet takes for granted. */
export const COMING_NIGHT =
  "as if nothing changed until then: the nights before it run, the mails they ask for are taken, and " +
  "nobody pays or changes anything";

/** The first night strictly after an instant. */
export function nextNight(hour: NightHour, after: Date): Night {
  // Yesterday's date is a safe start: a night in a gap may be due after local midnight.
  let date = addDays(localDateOf(after, hour.timezone), -1);
  for (;;) {
    const night = nightOf(hour, date);
    if (night.at.getTime() > after.getTime()) return night;
    date = addDays(date, 1);
  }
}

/** The last night at or before an instant. */
export function latestNight(hour: NightHour, at: Date): Night {
  const next = nextNight(hour, at);
  return nightOf(hour, addDays(next.businessDate, -1));
}
