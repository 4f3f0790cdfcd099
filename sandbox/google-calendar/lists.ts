import type { SandboxAnswer, SandboxRequest, World } from "../provider.ts";
import type { Books, Calendar, CalendarEvent } from "./books.ts";
import { expiredToken, invalid, refusal } from "./refusals.ts";
import { instantOf } from "./times.ts";

/** A sync token is good for so long. */
const TOKEN_MS = 28 * 86_400_000;
const PER_PAGE = 250;
const PER_PAGE_MAX = 2_500;
/** What cannot be asked beside a sync token. */
const restrictions = [
  "iCalUID",
  "orderBy",
  "privateExtendedProperty",
  "q",
  "sharedExtendedProperty",
  "timeMin",
  "timeMax",
  "updatedMin",
];

interface SyncToken {
  calendar: string;
  since: number;
  at: number;
  singleEvents: boolean;
  timeMin: number | null;
  timeMax: number | null;
}

interface Listing {
  pages: CalendarEvent[][];
  next: SyncToken;
}

/** GET /calendars/:id/events: everything, or what has changed since; in pages, the last with a token. */
export function createLists({ clock }: Pick<World, "clock">, books: Books) {
  const listings = new Map<string, Listing>();
  let counter = 0;

  function list(calendar: Calendar, { query }: SandboxRequest): SandboxAnswer {
    const pageToken = query.get("pageToken");
    if (pageToken !== null) {
      const [id = "", page = ""] = pageToken.split(".");
      const listing = listings.get(id);
      return listing === undefined
        ? invalid("Invalid page token value.")
        : show(calendar, listing, id, Number(page));
    }
    const begun = begin(calendar, query);
    if ("status" in begun) return begun;
    const perPage = Math.min(Number(query.get("maxResults") ?? PER_PAGE), PER_PAGE_MAX);
    const pages: CalendarEvent[][] = [];
    for (let from = 0; from < begun.events.length; from += perPage) {
      pages.push(begun.events.slice(from, from + perPage));
    }
    // A page may be empty and not be the last.
    if (pages.length > 1) pages.splice(1, 0, []);
    if (pages.length === 0) pages.push([]);
    counter += 1;
    const listing = { pages, next: begun.next };
    listings.set(String(counter), listing);
    return show(calendar, listing, String(counter), 0);
  }

  function begin(
    calendar: Calendar,
    query: URLSearchParams,
  ): { events: CalendarEvent[]; next: SyncToken } | SandboxAnswer {
    const text = query.get("syncToken");
    const singleEvents = query.get("singleEvents") === "true";
    const now = { at: clock.now().getTime(), since: books.sequence };
    if (text !== null) {
      if (restrictions.some((name) => query.has(name)) || query.get("showDeleted") === "false") {
        return refusal(
          400,
          "syncTokenWithRequestRestrictions",
          "Sync token cannot be used with other request restrictions.",
        );
      }
      const token = readToken(text);
      if (token === undefined) return invalid("Invalid sync token value.");
      if (now.at - token.at > TOKEN_MS || token.calendar !== calendar.id) return expiredToken();
      const { since } = token;
      const events = all(calendar, { ...token, singleEvents }).filter((event) =>
        books.isChangedSince(calendar, event, since),
      );
      return { events, next: { ...token, ...now } };
    }
    const [timeMin, timeMax] = ["timeMin", "timeMax"].map((name) => readTime(query.get(name)));
    if (timeMin === undefined || timeMax === undefined) return invalid("Bad Request");
    const scope = { calendar: calendar.id, singleEvents, timeMin, timeMax };
    const showDeleted = query.get("showDeleted") === "true";
    const events = all(calendar, scope).filter(
      ({ status }) => status !== "cancelled" || showDeleted,
    );
    return { events, next: { ...scope, ...now } };
  }

  function all(
    calendar: Calendar,
    { singleEvents, timeMin, timeMax }: Pick<SyncToken, "singleEvents" | "timeMin" | "timeMax">,
  ): CalendarEvent[] {
    const stored = [...calendar.events.values()];
    const events = singleEvents
      ? [
          ...stored.filter(({ recurrence }) => recurrence === undefined),
          ...stored
            .flatMap((event) => books.instancesOf(calendar, event))
            .filter(({ id }) => !calendar.events.has(id)),
        ]
      : stored;
    return events.filter((event) => {
      const start = instantOf(event.start, calendar.timeZone) ?? 0;
      const end = instantOf(event.end, calendar.timeZone) ?? 0;
      return (timeMin === null || end > timeMin) && (timeMax === null || start < timeMax);
    });
  }

  function show(
    { id, summary, timeZone, accessRole }: Calendar,
    { pages, next }: Listing,
    listing: string,
    page: number,
  ): SandboxAnswer {
    const isLast = page >= pages.length - 1;
    return {
      status: 200,
      body: {
        kind: "calendar#events",
        etag: `"list-${id}-${next.since}"`,
        summary,
        updated: new Date(next.at).toISOString(),
        timeZone,
        accessRole,
        defaultReminders: [],
        items: (pages[page] ?? []).map(shownInList),
        ...(isLast
          ? { nextSyncToken: writeToken(next) }
          : { nextPageToken: `${listing}.${page + 1}` }),
      },
    };
  }

  return list;
}

/** Of what was deleted little is told. */
function shownInList(event: CalendarEvent): Record<string, unknown> {
  if (event.status !== "cancelled") return event;
  const { id, etag, recurringEventId, originalStartTime } = event;
  return {
    kind: "calendar#event",
    etag,
    id,
    status: "cancelled",
    ...(recurringEventId !== undefined && { recurringEventId, originalStartTime }),
  };
}

function writeToken(token: SyncToken): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

function readToken(text: string): SyncToken | undefined {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString()) as SyncToken; // oxlint-disable-line typescript/no-unsafe-type-assertion -- made by writeToken
  } catch {
    return undefined;
  }
}

/** RFC 3339 with its offset; null for none, undefined for nonsense. */
function readTime(text: string | null): number | null | undefined {
  if (text === null) return null;
  const at = /(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
