import type {
  SandboxAnswer,
  SandboxProvider,
  SandboxRequest,
  SandboxRoute,
  World,
} from "../provider.ts";
import { createBooks, type Calendar, type CalendarEvent } from "./books.ts";
import { createChanges } from "./changes.ts";
import { createChannels } from "./channels.ts";
import { createLists } from "./lists.ts";
import { notFound, refusal, tooMany, unauthorized } from "./refusals.ts";
import { createSignIn } from "./sign-in.ts";

/** A person may ask so often in a minute. */
const QUOTA_PER_MINUTE = 600;
const API = "/calendar/v3";
const SCOPES = "https://www.googleapis.com/auth/calendar";

/** Google: letting somebody in, saying who they are, and the calendars of one person. */
export const googleCalendarSandbox: SandboxProvider = {
  name: "google-calendar",
  oauth: { accessMs: 3_599_000, codeMs: 600_000, refresh: "reusable" },
  settings: (url, { id, secret }) => ({
    GOOGLE_URL: url,
    GOOGLE_CLIENT_ID: id,
    GOOGLE_CLIENT_SECRET: secret,
  }),
  create(world) {
    const books = createBooks(world);
    const channels = createChannels(world);
    const { routes, isGranted } = createSignIn(world);
    return {
      routes: [...routes, ...apiRoutes(world, { books, channels, isGranted })],
      readState: () => ({
        calendars: books.calendars.map(({ id, summary, events }) => ({
          id,
          summary,
          events: [...events.values()],
        })),
        channels: channels.channels,
      }),
      seed({ clients }) {
        const { calendars } = books;
        for (let number = 1; number <= clients; number += 1) {
          const start = new Date(world.clock.now().getTime() + number * 86_400_000).toISOString();
          const end = new Date(Date.parse(start) + 3_600_000).toISOString();
          books.keep(calendars[0]!, {
            kind: "calendar#event",
            id: `seeded${number}`,
            status: "confirmed",
            summary: `Meeting ${number}`,
            created: world.clock.now().toISOString(),
            start: { dateTime: start },
            end: { dateTime: end },
            eventType: "default",
          });
        }
      },
    };
  },
};

type OfCalendar = (calendar: Calendar, request: SandboxRequest) => SandboxAnswer;
type OfEvent = (calendar: Calendar, event: CalendarEvent, request: SandboxRequest) => SandboxAnswer;

function apiRoutes(
  world: World,
  {
    books,
    channels,
    isGranted,
  }: {
    books: ReturnType<typeof createBooks>;
    channels: ReturnType<typeof createChannels>;
    isGranted: ReturnType<typeof createSignIn>["isGranted"];
  },
): SandboxRoute[] {
  const { oauth, clock } = world;
  const list = createLists(world, books);
  const changes = createChanges(world, books);
  let minute = { startsAt: 0, asked: 0 };

  function mayAsk(): boolean {
    const now = clock.now().getTime();
    if (now - minute.startsAt >= 60_000) minute = { startsAt: now, asked: 0 };
    minute.asked += 1;
    return minute.asked <= QUOTA_PER_MINUTE;
  }

  const route = (method: string, path: string, run: SandboxRoute["run"]): SandboxRoute => ({
    method,
    path: `${API}${path}`,
    run: (request) => {
      if (oauth.judge(request.bearer) !== "valid") return unauthorized();
      const scope = path.startsWith("/users/") ? ".calendarlist.readonly" : ".events";
      if (!isGranted(request.bearer, [SCOPES, `${SCOPES}${scope}`])) {
        return refusal(403, "insufficientPermissions", "Insufficient Permission");
      }
      return mayAsk() ? run(request) : tooMany();
    },
  });

  const ofCalendar =
    (run: OfCalendar): SandboxRoute["run"] =>
    (request) => {
      const calendar = books.findCalendar(request.params["calendar"] ?? "");
      return calendar === undefined ? notFound() : run(calendar, request);
    };

  /** Of who may write; who watches the calendar is told. */
  const writing = (run: OfCalendar): SandboxRoute["run"] =>
    ofCalendar((calendar, request) => {
      if (calendar.accessRole === "reader") {
        return refusal(
          403,
          "requiredAccessLevel",
          "You need to have writer access to this calendar.",
          "calendar",
        );
      }
      const before = books.sequence;
      const answer = run(calendar, request);
      if (books.sequence !== before) channels.tell(calendar);
      return answer;
    });

  const ofEvent =
    (run: OfEvent): OfCalendar =>
    (calendar, request) => {
      const event = books.findEvent(calendar, request.params["event"] ?? "");
      return event === undefined ? notFound() : run(calendar, event, request);
    };

  const event = "/calendars/:calendar/events/:event";
  return [
    route("GET", "/users/me/calendarList", () => ({
      status: 200,
      body: {
        kind: "calendar#calendarList",
        etag: '"list"',
        items: books.calendars.map(listed),
        nextSyncToken: "unused",
      },
    })),
    route(
      "GET",
      "/users/me/calendarList/:calendar",
      ofCalendar((calendar) => ({ status: 200, body: listed(calendar) })),
    ),
    route("POST", "/calendars/:calendar/events/watch", ofCalendar(channels.watch)),
    route("POST", "/channels/stop", channels.stop),
    route("GET", "/calendars/:calendar/events", ofCalendar(list)),
    route("POST", "/calendars/:calendar/events", writing(changes.insert)),
    route("GET", event, ofCalendar(ofEvent((_calendar, found) => ({ status: 200, body: found })))),
    route(
      "PATCH",
      event,
      writing(
        ofEvent((calendar, found, request) =>
          changes.change(calendar, found, { request, isPatch: true }),
        ),
      ),
    ),
    route(
      "PUT",
      event,
      writing(
        ofEvent((calendar, found, request) =>
          changes.change(calendar, found, { request, isPatch: false }),
        ),
      ),
    ),
    route("DELETE", event, writing(ofEvent(changes.remove))),
    route("POST", `${event}/move`, writing(ofEvent(changes.move))),
  ];
}

function listed({ id, summary, timeZone, accessRole, primary }: Calendar) {
  return {
    kind: "calendar#calendarListEntry",
    etag: `"${id}"`,
    id,
    summary,
    timeZone,
    accessRole,
    selected: true,
    defaultReminders: [],
    ...(primary === true && { primary }),
  };
}
