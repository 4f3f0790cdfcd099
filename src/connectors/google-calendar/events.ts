import type { calendar_v3 } from "@googleapis/calendar";
import { addDays, findTimezone } from "../../billing/dates.ts";
import type { PlannedTime } from "../../billing/planned-days.ts";
import { storableText } from "../../platform/storable-text.ts";
import type { CalendarEvent, EventFacts } from "./contract.ts";
import type { Event, EventTime } from "./schemas.ts";

/** Where our stamp is, among what an event keeps for our client alone. */
const STAMP = "nightledger";

/** What an event may say at most, here and there. */
const TITLE_MAX = 1_024;
const NOTES_MAX = 8_192;
const LOCATION_MAX = 1_024;

const UNTITLED = "(No title)";

/** An event of Google's in our words. `timezone` is its calendar's, for what names none. */
export function readEvent(event: Event, timezone: string): CalendarEvent {
  return {
    id: event.id,
    etag: event.etag,
    updatedAt: event.updated ? new Date(event.updated) : undefined,
    facts: event.status === "cancelled" ? null : factsOf(event, timezone),
    seriesId: event.recurringEventId ?? null,
    stamp: event.extendedProperties?.private?.[STAMP] ?? null,
    isPrivate: event.visibility === "private" || event.visibility === "confidential",
    isRegular: ["default", "fromGmail"].includes(event.eventType ?? "default"),
  };
}

/** An event that is not there yet. */
export function newEvent(id: string, facts: EventFacts, stamp: string): calendar_v3.Schema$Event {
  const { title, notes, location, ...rest } = facts;
  return {
    id,
    summary: title,
    ...(notes !== null && { description: notes }),
    ...(location !== null && { location }),
    ...timesOf(rest),
    extendedProperties: { private: { [STAMP]: stamp } },
  };
}

/** What of an event we change; the rest is left as it is. */
export function changedEvent(facts: EventFacts, stamp: string): calendar_v3.Schema$Event {
  const { title, notes, location, ...rest } = facts;
  const { start, end } = timesOf(rest);
  // The other form is taken away, or a change between hours and days would be refused.
  const other = { date: null, dateTime: null, timeZone: null };
  return {
    summary: title,
    description: notes,
    location,
    start: { ...other, ...start },
    end: { ...other, ...end },
    extendedProperties: { private: { [STAMP]: stamp } },
  };
}

/** Whole days end over there with the first one that is no more part of them. */
function timesOf({ time, timezone }: Pick<EventFacts, "time" | "timezone">) {
  if ("startDate" in time) {
    return { start: { date: time.startDate }, end: { date: addDays(time.endDate, 1) } };
  }
  const at = (dateTime: Date) => ({ dateTime: dateTime.toISOString(), timeZone: timezone });
  return { start: at(time.startsAt), end: at(time.endsAt) };
}

/** Null for what has no time, or one we cannot keep: an event that is not there for us. */
function factsOf(event: Event, calendarZone: string): EventFacts | null {
  const { start, end, summary, description, location } = event;
  const time = start && end ? timeOf(start, end) : undefined;
  if (time === undefined) return null;
  return {
    title: textOf(summary, TITLE_MAX) ?? UNTITLED,
    notes: textOf(description, NOTES_MAX),
    location: textOf(location, LOCATION_MAX),
    time,
    timezone: findTimezone(start?.timeZone ?? "") ?? calendarZone,
  };
}

function timeOf(start: EventTime, end: EventTime): PlannedTime | undefined {
  if (start.date && end.date) {
    const last = addDays(end.date, -1);
    return { startDate: start.date, endDate: last < start.date ? start.date : last };
  }
  if (!start.dateTime || !end.dateTime) return undefined;
  const startsAt = new Date(start.dateTime);
  const endsAt = new Date(end.dateTime);
  return endsAt < startsAt ? undefined : { startsAt, endsAt };
}

function textOf(text: string | null | undefined, lengthMax: number): string | null {
  const clean = storableText((text ?? "").trim(), lengthMax);
  return clean === "" ? null : clean;
}
