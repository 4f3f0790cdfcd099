import type { SandboxAnswer, SandboxRequest, World } from "../provider.ts";
import type { Books, Calendar, CalendarEvent } from "./books.ts";
import { deleted, duplicate, invalid, notFound, refusal, stale } from "./refusals.ts";
import { instantOf, type EventTime } from "./times.ts";

type Fields = Record<string, unknown>;

/** What can be done to single events. Each answers as Google does. */
export function createChanges({ clock }: Pick<World, "clock">, books: Books) {
  let made = 0;

  function insert(calendar: Calendar, { json }: SandboxRequest): SandboxAnswer {
    const fields = merged({}, fieldsOf(json()));
    made += 1;
    const id = typeof fields["id"] === "string" ? fields["id"] : `madeofgoogle${made}`;
    if (!/^[a-v0-9]{5,1024}$/.test(id)) return invalid("Invalid resource id value.");
    // One that was deleted counts too.
    if (calendar.events.has(id)) return duplicate();
    const problem = problemOf(calendar, fields);
    if (problem !== undefined) return problem;
    const event = books.keep(calendar, {
      kind: "calendar#event",
      ...fields,
      ...places(fields),
      id,
      status: "confirmed",
      created: clock.now().toISOString(),
      htmlLink: `https://www.google.com/calendar/event?eid=${id}`,
      creator: { email: "ada@sandbox.test", self: true },
      organizer: { email: "ada@sandbox.test", self: true },
      iCalUID: `${id}@google.com`,
      sequence: 0,
      eventType: fields["eventType"] ?? "default",
    });
    return { status: 200, body: event };
  }

  function change(
    calendar: Calendar,
    event: CalendarEvent,
    { request: { json, headers }, isPatch }: { request: SandboxRequest; isPatch: boolean },
  ): SandboxAnswer {
    const given = fieldsOf(json());
    if (isStale(headers, event)) return stale();
    if (event.status === "cancelled" && given["status"] !== "confirmed") return deleted();
    const fields = isPatch ? merged(event, given) : { ...kept(event), ...given };
    const problem = problemOf(calendar, fields);
    if (problem !== undefined) return problem;
    const sequence = Number(event["sequence"] ?? 0) + 1;
    const id = event.id;
    const status = event.status === "cancelled" ? "confirmed" : event.status;
    const { created } = event;
    return {
      status: 200,
      body: books.keep(calendar, {
        status,
        ...fields,
        ...places(fields),
        id,
        created,
        sequence,
      }),
    };
  }

  function remove(
    calendar: Calendar,
    event: CalendarEvent,
    { headers }: SandboxRequest,
  ): SandboxAnswer {
    if (event.status === "cancelled") return deleted();
    if (isStale(headers, event)) return stale();
    books.keep(calendar, { ...event, status: "cancelled" });
    return { status: 204 };
  }

  function move(calendar: Calendar, event: CalendarEvent, { query }: SandboxRequest) {
    const target = books.findCalendar(query.get("destination") ?? "");
    if (target === undefined || event.status === "cancelled") return notFound();
    books.keep(calendar, { ...event, status: "cancelled" });
    return { status: 200, body: books.keep(target, event) };
  }

  return { insert, change, remove, move };
}

function isStale(headers: SandboxRequest["headers"], { etag }: CalendarEvent): boolean {
  const wanted = headers["if-match"];
  return wanted !== undefined && wanted !== "*" && wanted !== etag;
}

/** What a PUT leaves alone whatever it says. */
function kept({
  kind,
  id,
  status,
  created,
  htmlLink,
  creator,
  organizer,
  iCalUID,
  ...event
}: Fields) {
  const { recurringEventId, originalStartTime, eventType } = event;
  const isInstance = recurringEventId !== undefined;
  return {
    kind,
    id,
    status,
    created,
    htmlLink,
    creator,
    organizer,
    iCalUID,
    eventType,
    ...(isInstance && { recurringEventId, originalStartTime }),
  };
}

/** The rules of PATCH: objects are merged, null takes a field away. */
function merged(before: Fields, given: Fields): Fields {
  const result: Fields = { ...before };
  for (const [name, value] of Object.entries(given)) {
    if (value === null) delete result[name];
    else if (typeof value === "object" && !Array.isArray(value)) {
      result[name] = merged(fieldsOf(result[name]), fieldsOf(value));
    } else result[name] = value;
  }
  return result;
}

function places(fields: Fields): { start: EventTime; end: EventTime } {
  return { start: fieldsOf(fields["start"]), end: fieldsOf(fields["end"]) };
}

function problemOf({ timeZone }: Calendar, fields: Fields): SandboxAnswer | undefined {
  const { start, end } = places(fields);
  for (const [name, time] of [
    ["start", start],
    ["end", end],
  ] as const) {
    if (time.date === undefined && time.dateTime === undefined) {
      return refusal(400, "required", `Missing ${name} time.`);
    }
    if (time.date !== undefined && time.dateTime !== undefined) {
      return invalid(`Invalid ${name} time.`);
    }
    if (instantOf(time, timeZone) === undefined) return invalid("Bad Request");
  }
  if ((start.date === undefined) !== (end.date === undefined)) {
    return invalid("Start and end times must either both be date or both be dateTime.");
  }
  if (fields["recurrence"] !== undefined && start.date === undefined && !start.timeZone) {
    return refusal(400, "required", "Missing time zone definition for start time.");
  }
  const length = (instantOf(end, timeZone) ?? 0) - (instantOf(start, timeZone) ?? 0);
  // The day an all-day event ends with is not part of it.
  const isEmpty = start.date === undefined ? length < 0 : length <= 0;
  return isEmpty
    ? refusal(400, "timeRangeEmpty", "The specified time range is empty.", "calendar")
    : undefined;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {}; // oxlint-disable-line typescript/no-unsafe-type-assertion -- an object
}
