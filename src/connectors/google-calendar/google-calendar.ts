import { z } from "zod";
import { findTimezone } from "../../billing/dates.ts";
import { ProviderRejected } from "../../errors.ts";
import type { Clock } from "../../platform/clock.ts";
import { createHttpClient } from "../../platform/http-client.ts";
import type { HttpTimeouts } from "../../platform/http-exchange.ts";
import type { OAuthApp } from "../../platform/oauth.ts";
import { openLater } from "../open-later.ts";
import type { CalendarCall, CalendarRef, EventPage, GoogleCalendar } from "./contract.ts";
import { changedEvent, newEvent, readEvent } from "./events.ts";
import { codes } from "./failures.ts";
import { createGoogleOAuth } from "./oauth.ts";
import { CalendarEntry, CalendarList, Channel, Event, EventList } from "./schemas.ts";

const EVENTS_PER_PAGE = 250;
const CALENDARS_PER_PAGE = 250;
const CALENDAR_PAGES_MAX = 20;
/** Whoever is invited is not mailed about what we move: people do that over there. */
const SILENT = { sendUpdates: "none" };

/** Google Calendar as the settings have it. Without an app it is listed, and nobody can connect. */
export function createGoogleCalendar({
  app,
  url,
  clock,
  timeouts = {},
}: {
  app: OAuthApp | null;
  /** Of a sandbox, all its addresses in one; undefined for Google's own. */
  url: string | undefined;
  clock: Clock;
  timeouts?: Partial<HttpTimeouts>;
}): GoogleCalendar {
  const http = createHttpClient({ name: "Google Calendar", clock, timeouts });
  const client = openLater(async () => {
    const { createCalendarClient } = await import("./client.ts");
    return createCalendarClient({ http, clock, url });
  });

  return {
    isSandbox: url !== undefined,
    oauth: createGoogleOAuth({
      http,
      app,
      addresses: {
        authorize: `${url ?? "https://accounts.google.com"}/o/oauth2/v2/auth`,
        token: `${url ?? "https://oauth2.googleapis.com"}/token`,
        revoke: `${url ?? "https://oauth2.googleapis.com"}/revoke`,
      },
      isReal: url === undefined,
      async readAccount(accessToken, signal) {
        const call = { accessToken, signal };
        const { id } = await client(call, {
          what: "read the primary calendar",
          schema: CalendarEntry,
          isWrite: false,
          request: (api, options) => api.calendarList.get({ calendarId: "primary" }, options),
        });
        return id;
      },
    }),

    async listCalendars(call) {
      const found: CalendarRef[] = [];
      let pageToken: string | undefined;
      for (let page = 0; page < CALENDAR_PAGES_MAX; page += 1) {
        const list = await client(call, {
          what: "list calendars",
          schema: CalendarList,
          isWrite: false,
          request: (api, options) =>
            api.calendarList.list(
              { maxResults: CALENDARS_PER_PAGE, ...(pageToken !== undefined && { pageToken }) },
              options,
            ),
        });
        found.push(...list.items.filter(isReadable).map(calendarOf));
        if (!list.nextPageToken) break;
        pageToken = list.nextPageToken;
      }
      return found;
    },

    async insertEvent(call, { calendarId, id, facts, stamp }) {
      return await unless({ [codes.taken]: "taken" }, async () => {
        const event = await client(call, {
          what: "make an event",
          schema: Event,
          isWrite: true,
          request: (api, options) =>
            api.events.insert(
              { calendarId, ...SILENT, requestBody: newEvent(id, facts, stamp) },
              options,
            ),
        });
        return readEvent(event, facts.timezone);
      });
    },

    async changeEvent(call, { calendarId, id, etag, facts, stamp, isRestored = false }) {
      const gone = { [codes.gone]: "gone", [codes.notFound]: "gone" } as const;
      return await unless({ ...gone, [codes.stale]: "stale" }, async () => {
        const event = await client(call, {
          what: "change an event",
          schema: Event,
          isWrite: true,
          ifMatch: etag,
          request: (api, options) =>
            api.events.patch(
              {
                calendarId,
                eventId: id,
                ...SILENT,
                requestBody: {
                  ...changedEvent(facts, stamp),
                  ...(isRestored && { status: "confirmed" }),
                },
              },
              options,
            ),
        });
        return readEvent(event, facts.timezone);
      });
    },

    async deleteEvent(call, { calendarId, id, etag }) {
      const gone = { [codes.gone]: "deleted", [codes.notFound]: "deleted" } as const;
      return await unless({ ...gone, [codes.stale]: "stale" }, async () => {
        await client(call, {
          what: "delete an event",
          schema: z.unknown(),
          isWrite: true,
          ifMatch: etag,
          request: (api, options) =>
            api.events.delete({ calendarId, eventId: id, ...SILENT }, options),
        });
        return "deleted" as const;
      });
    },

    async findEvent(call, { calendarId, id }) {
      return await unless({ [codes.notFound]: undefined, [codes.gone]: undefined }, async () => {
        const event = await client(call, {
          what: "read an event",
          schema: Event,
          isWrite: false,
          request: (api, options) => api.events.get({ calendarId, eventId: id }, options),
        });
        return readEvent(event, "UTC");
      });
    },

    async listEvents(call, list) {
      return await unless({ [codes.gone]: "expired" }, () => listPage(call, list));
    },

    async openChannel(call, { calendarId, id, token, address }) {
      const channel = await client(call, {
        what: "open a channel",
        schema: Channel,
        isWrite: true,
        request: (api, options) =>
          api.events.watch(
            { calendarId, requestBody: { id, type: "web_hook", address, token } },
            options,
          ),
      });
      return { resourceId: channel.resourceId, expiresAt: new Date(channel.expiration) };
    },

    async closeChannel(call, { id, resourceId }) {
      await unless({ [codes.notFound]: undefined }, () =>
        client(call, {
          what: "close a channel",
          schema: z.unknown(),
          isWrite: true,
          request: (api, options) =>
            api.channels.stop({ requestBody: { id, resourceId } }, options),
        }),
      );
    },

    close: () => http.close(),
  };

  /**
   * The questions of all pages, and of all times with a token, have to be alike. What was deleted is told
   * of with a token only: a reading of everything lists what is there.
   */
  async function listPage(
    call: CalendarCall,
    { calendarId, from, pageToken }: Parameters<GoogleCalendar["listEvents"]>[1],
  ): Promise<EventPage> {
    const list = await client(call, {
      what: "list events",
      schema: EventList,
      isWrite: false,
      request: (api, options) =>
        api.events.list(
          {
            calendarId,
            singleEvents: true,
            maxResults: EVENTS_PER_PAGE,
            ...("syncToken" in from
              ? { syncToken: from.syncToken }
              : { timeMin: from.from.toISOString(), timeMax: from.to.toISOString() }),
            ...(pageToken !== null && { pageToken }),
          },
          options,
        ),
    });
    const timezone = zoneOf(list.timeZone);
    return {
      events: list.items.map((event) => readEvent(event, timezone)),
      pageToken: list.nextPageToken ?? null,
      syncToken: list.nextSyncToken ?? null,
    };
  }
}

/** The result, or what one of these refusals means. */
async function unless<Result, Meaning>(
  meanings: Readonly<Record<string, Meaning>>,
  work: () => Promise<Result>,
): Promise<Result | Meaning> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProviderRejected && Object.hasOwn(meanings, error.code)) {
      return meanings[error.code] as Meaning; // oxlint-disable-line typescript/no-unsafe-type-assertion -- it has this key
    }
    throw error;
  }
}

const readers = new Set(["reader", "writerWithoutPrivateAccess", "writer", "owner"]);

/** Of some only the hours are shown in which somebody is busy. */
function isReadable({ accessRole }: z.infer<typeof CalendarEntry>): boolean {
  return readers.has(accessRole ?? "");
}

function calendarOf(entry: z.infer<typeof CalendarEntry>): CalendarRef {
  return {
    id: entry.id,
    name: entry.summaryOverride ?? entry.summary ?? entry.id,
    timezone: zoneOf(entry.timeZone),
    isPrimary: entry.primary === true,
    isWritable: entry.accessRole !== "reader",
  };
}

function zoneOf(text: string | null | undefined): string {
  return findTimezone(text ?? "") ?? "UTC";
}
