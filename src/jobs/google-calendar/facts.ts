import { createHash } from "node:crypto";
import { plannedDays } from "../../billing/planned-days.ts";
import type { CalendarEvent, EventFacts } from "../../connectors/google-calendar/contract.ts";
import type { ScheduleEntryRow, ScheduleFields } from "../../db/schedule-entries.ts";

/** What a calendar shows of an entry. */
type ShownFields = Pick<
  ScheduleFields,
  "title" | "notes" | "location" | "startsAt" | "endsAt" | "startDate" | "endDate" | "timezone"
>;

/**
 * The id of the event that shows an entry: base32hex, as Google wants it, of company, entry and the
 * moment the entry was made. So an event that is made twice is one, and an installation that begins anew
 * with its ids takes nobody's events for its own.
 */
export function eventIdOf(
  companyId: number,
  { id, createdAt }: Pick<ScheduleEntryRow, "id" | "createdAt">,
): string {
  const parts = [companyId, id, createdAt.getTime()];
  return `nl${parts.map((part) => part.toString(32).padStart(11, "0")).join("")}`;
}

export function factsOfEntry(entry: ShownFields): EventFacts {
  const { title, notes, location, startsAt, endsAt, startDate, endDate, timezone } = entry;
  const time = startsAt === null || endsAt === null ? { startDate, endDate } : { startsAt, endsAt };
  return { title, notes, location, time, timezone };
}

/** The columns of an entry that shows an event. Whole days have no zone over there: they keep their own. */
export function fieldsOfFacts(facts: EventFacts, zoneOfDays = facts.timezone): ShownFields {
  const { title, notes, location, time } = facts;
  const timezone = "startDate" in time ? zoneOfDays : facts.timezone;
  return {
    title,
    notes,
    location,
    startsAt: null,
    endsAt: null,
    ...time,
    ...plannedDays(time, timezone),
    timezone,
  };
}

/** What we write into an event: whose it is, and what we made it say. */
export function stampOf(companyId: number, entryId: number, facts: EventFacts): string {
  return `${companyId}/${entryId}/${digestOf(facts)}`;
}

/** Whose event it was when we wrote it; undefined when we never did, or another company did. */
export function entryIdOfStamp(companyId: number, { stamp }: CalendarEvent): number | undefined {
  const [company, entry] = (stamp ?? "").split("/").map(Number);
  return company === companyId && Number.isSafeInteger(entry) ? entry : undefined;
}

/** Whether the event says what we made it say last: nobody has changed it since. */
export function isOurOwn(companyId: number, entryId: number, event: CalendarEvent): boolean {
  return event.facts !== null && event.stamp === stampOf(companyId, entryId, event.facts);
}

/** What Google does not know at all is deleted, nobody knows when. */
export function goneEvent(id: string): CalendarEvent {
  return {
    id,
    etag: "",
    updatedAt: undefined,
    facts: null,
    seriesId: null,
    stamp: null,
    isPrivate: false,
    isRegular: true,
  };
}

/** Zones do not count: Google has names of its own for some, and none for whole days. */
export function isSame(one: EventFacts, other: EventFacts): boolean {
  return digestOf(one) === digestOf(other);
}

function digestOf({ title, notes, location, time }: EventFacts): string {
  const when =
    "startDate" in time
      ? [time.startDate, time.endDate]
      : // Google keeps seconds.
        [time.startsAt, time.endsAt].map((at) => Math.floor(at.getTime() / 1_000));
  const text = JSON.stringify([title, notes, location, when]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
