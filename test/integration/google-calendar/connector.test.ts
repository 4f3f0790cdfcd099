import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { googleCalendarSandbox } from "../../../sandbox/google-calendar/google-calendar.ts";
import { startProviderServer } from "../../../sandbox/server.ts";
import type {
  CalendarCall,
  CalendarEvent,
  EventFacts,
} from "../../../src/connectors/google-calendar/contract.ts";
import { createGoogleCalendar } from "../../../src/connectors/google-calendar/google-calendar.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { describeConnector } from "../../support/connector-suite.ts";
import {
  findGoogleCheck,
  primary,
  signInToGoogle,
  type GoogleState,
} from "../../support/google-calendar.ts";

const check = await findGoogleCheck();
const API = "/calendar/v3";
const EVENTS = `${API}/calendars/primary/events`;

const visit: EventFacts = {
  title: "Site visit",
  notes: "Bring the ladder",
  location: "1 Maple Street",
  time: { startsAt: new Date("2026-03-10T14:00:00Z"), endsAt: new Date("2026-03-10T16:00:00Z") },
  timezone: "America/Chicago",
};

/** An id that Google takes, of any word. */
const idOf = (fact: string) => Buffer.from(fact).toString("hex");

describeConnector({
  name: "Google Calendar",
  sandbox: googleCalendarSandbox,
  open({ url, timeouts, app }) {
    const google = createGoogleCalendar({ app, url, timeouts, clock: systemClock });
    return {
      oauth: google.oauth,
      read: (accessToken, signal) => google.listCalendars({ accessToken, signal }),
      close: () => google.close(),
      google,
    };
  },
  paths: { token: "/token", read: `${API}/users/me/calendarList` },
  writes: {
    path: EVENTS,
    write: ({ google }, fact, call) =>
      google.insertEvent(call, {
        calendarId: "primary",
        id: idOf(fact),
        facts: visit,
        stamp: "1/1/x",
      }),
    count: (state, fact) =>
      (state as GoogleState).calendars[0]!.events.filter(({ id }) => id === idOf(fact)).length,
  },
  ...(check !== undefined && { check }),
});

async function open(defer: (close: () => Promise<void>) => void) {
  const server = await startProviderServer(googleCalendarSandbox, {
    ...(check !== undefined && { check }),
  });
  const { id: clientId, secret: clientSecret } = server.oauth.client;
  const app = { clientId, clientSecret };
  const google = createGoogleCalendar({ app, url: server.url, clock: systemClock });
  const person = await signInToGoogle(server);
  defer(async () => {
    google.close();
    await server.close();
  });
  const call: CalendarCall = {
    accessToken: person.accessToken,
    signal: AbortSignal.timeout(20_000),
  };
  return { server, google, person, call, app };
}

/** Somebody agrees on a page of Google's; answers the code. */
async function agree(address: string | URL): Promise<string> {
  const page = await fetch(address, { redirect: "manual" });
  return new URL(page.headers.get("location") ?? "").searchParams.get("code") ?? "";
}

test("what somebody unticks on Google's page is missed at once; a token for signing in opens no calendar", async ({
  onTestFinished,
}) => {
  const { server, google, app } = await open(onTestFinished);
  const redirectUri = "https://here.test/back";
  const codeVerifier = "v".repeat(43);
  const codeChallenge = createHash("sha256").update(codeVerifier).digest("base64url");
  const connect = async () => {
    const code = await agree(
      google.oauth.authorizeUrl({ app, redirectUri, state: "s", codeChallenge }),
    );
    const signal = AbortSignal.timeout(20_000);
    return await google.oauth.exchange({ app, code, redirectUri, codeVerifier, query: {}, signal });
  };
  for (const scope of google.oauth.scopes) {
    await fetch(`${server.url}/dashboard/untick`, {
      method: "POST",
      body: JSON.stringify({ scopes: [scope] }),
    });
    await expect(connect(), scope).rejects.toMatchObject({ code: "scope_missing" });
  }
  expect(await connect()).toMatchObject({ externalId: "ada@sandbox.test" });

  const query = { client_id: app.clientId, redirect_uri: redirectUri, response_type: "code" };
  const asked = new URLSearchParams({ ...query, scope: "openid email profile" }).toString();
  const tokens = await fetch(`${server.url}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: app.clientId,
      client_secret: app.clientSecret,
      redirect_uri: redirectUri,
      code: await agree(`${server.url}/o/oauth2/v2/auth?${asked}`),
    }),
  });
  const { access_token: accessToken } = (await tokens.json()) as { access_token: string };
  const call = { accessToken, signal: AbortSignal.timeout(20_000) };
  await expect(google.listCalendars(call)).rejects.toMatchObject({
    code: "provider_forbidden",
    providerCode: "insufficientPermissions",
  });
});

test("an event is made under our id once, changed by its etag, deleted and restored", async ({
  onTestFinished,
}) => {
  const { google, call, server, person } = await open(onTestFinished);
  const key = { calendarId: "primary", id: "nl1" + "0".repeat(10) };
  const made = await google.insertEvent(call, { ...key, facts: visit, stamp: "1/1/a" });
  expect(made).toMatchObject({ id: key.id, facts: visit, stamp: "1/1/a", seriesId: null });
  const { etag } = made as CalendarEvent;
  expect(await google.insertEvent(call, { ...key, facts: visit, stamp: "1/1/a" })).toBe("taken");

  // Somebody adds a guest: ours is another state, and a change of ours leaves the guest alone.
  await person.patch(key.id, { attendees: [{ email: "bob@sandbox.test" }] });
  const days: EventFacts = { ...visit, time: { startDate: "2026-03-28", endDate: "2026-03-29" } };
  expect(await google.changeEvent(call, { ...key, etag, facts: days, stamp: "b" })).toBe("stale");
  const now = await google.findEvent(call, key);
  const changed = await google.changeEvent(call, {
    ...key,
    etag: now!.etag,
    facts: days,
    stamp: "1/1/b",
  });
  expect(changed).toMatchObject({ facts: { time: days.time, title: "Site visit" } });
  expect(person.event(key.id)).toMatchObject({
    // The day after the last one.
    end: { date: "2026-03-30" },
    attendees: [{ email: "bob@sandbox.test" }],
  });
  const current = (changed as CalendarEvent).etag;

  expect(await google.deleteEvent(call, { ...key, etag })).toBe("stale");
  expect(await google.deleteEvent(call, { ...key, etag: current })).toBe("deleted");
  expect(await google.deleteEvent(call, { ...key, etag: current })).toBe("deleted");
  expect(await google.insertEvent(call, { ...key, facts: visit, stamp: "1/1/c" })).toBe("taken");
  const cancelled = await google.findEvent(call, key);
  expect(cancelled).toMatchObject({ facts: null });
  const back = { ...key, etag: cancelled!.etag, facts: visit, stamp: "1/1/c" };
  expect(await google.changeEvent(call, back)).toBe("gone");
  expect(await google.changeEvent(call, { ...back, isRestored: true })).toMatchObject({
    facts: visit,
  });
  expect(await google.findEvent(call, { ...key, id: "neverthere" })).toBeUndefined();
  expect(server.problems()).toEqual([]);
});

test("events are listed in pages, series as instances in their zone, and then what has changed", async ({
  onTestFinished,
}) => {
  const { google, call, server, person } = await open(onTestFinished);
  server.clock.set(new Date("2026-03-01T00:00:00Z"));
  const weekly = await person.insert({
    summary: "Stand-up",
    // Chicago's clocks go forward on 8 March.
    start: { dateTime: "2026-03-02T09:00:00", timeZone: "America/Chicago" },
    end: { dateTime: "2026-03-02T09:30:00", timeZone: "America/Chicago" },
    recurrence: ["RRULE:FREQ=WEEKLY;COUNT=3"],
  });
  for (let day = 1; day <= 250; day += 1) {
    await person.keep({ id: `filler${String(day).padStart(3, "0")}`, summary: `Filler ${day}` });
  }
  const span = { from: new Date("2026-02-01T00:00:00Z"), to: new Date("2027-03-01T00:00:00Z") };
  const readAll = async (from: Parameters<typeof google.listEvents>[1]["from"]) => {
    const events: CalendarEvent[] = [];
    let pageToken: string | null = null;
    for (;;) {
      const page = await google.listEvents(call, { calendarId: "primary", from, pageToken });
      if (page === "expired") return page;
      events.push(...page.events);
      if (page.pageToken === null) return { events, syncToken: page.syncToken! };
      // Only the last one has it.
      expect(page.syncToken).toBeNull();
      ({ pageToken } = page);
    }
  };
  const all = await readAll(span);
  if (all === "expired") throw new Error("expired at once");
  const startsOf = (events: readonly CalendarEvent[]) =>
    events
      .filter(({ seriesId }) => seriesId === weekly.id)
      .map(({ facts }) => facts && "startsAt" in facts.time && facts.time.startsAt.toISOString());
  expect(startsOf(all.events)).toEqual([
    "2026-03-02T15:00:00.000Z",
    "2026-03-09T14:00:00.000Z",
    "2026-03-16T14:00:00.000Z",
  ]);
  expect(all.events).toHaveLength(253);

  // Nothing has changed; then the series is shortened, one event deleted, one moved to another calendar.
  const from = { syncToken: all.syncToken };
  expect(await readAll(from)).toMatchObject({ events: [] });
  await person.patch(weekly.id, { recurrence: ["RRULE:FREQ=WEEKLY;COUNT=2"] });
  await person.remove("filler001");
  await person.move("filler002", "team@group.calendar.sandbox.test");
  const changes = await readAll(from);
  const told = changes === "expired" ? [] : changes.events;
  expect(told.map(({ id, facts }) => [id, facts === null])).toEqual([
    ["filler001", true],
    ["filler002", true],
    [`${weekly.id}_20260316T140000Z`, true],
    [`${weekly.id}_20260302T150000Z`, false],
    [`${weekly.id}_20260309T140000Z`, false],
  ]);

  // A token ends, and goes with no other condition.
  const raw = await person.ask(
    "GET",
    `${EVENTS}?syncToken=${all.syncToken}&timeMin=2026-01-01T00:00:00Z`,
  );
  expect(raw.status).toBe(400);
  server.clock.advanceMs(29 * 86_400_000);
  call.accessToken = (await signInToGoogle(server)).accessToken;
  expect(await readAll(from)).toBe("expired");
  expect(server.problems()).toEqual([]);
});

/** A refusal in Google's form. */
const body = (status: number, reason: string) => ({
  error: { code: status, message: "No.", errors: [{ domain: "x", reason, message: "No." }] },
});

test("each refusal of Google's has its class, by its reason and not by its status", async ({
  onTestFinished,
}) => {
  const { google, call, server } = await open(onTestFinished);
  const list = () => google.listCalendars(call);
  const forbidden = { name: "ProviderRejected", code: "provider_forbidden" };
  const refusals: readonly [status: number, reason: string, expected: object][] = [
    [403, "rateLimitExceeded", { name: "RateLimited", retry: { afterMs: 30_000 } }],
    [403, "userRateLimitExceeded", { name: "RateLimited" }],
    [403, "quotaExceeded", { name: "RateLimited" }],
    [403, "dailyLimitExceeded", { name: "RateLimited", retry: { afterMs: 3_600_000 } }],
    [429, "rateLimitExceeded", { name: "RateLimited" }],
    [403, "forbiddenForNonOrganizer", { ...forbidden, providerCode: "forbiddenForNonOrganizer" }],
    [403, "insufficientPermissions", forbidden],
    [401, "authError", { name: "ConnectionRevoked" }],
    [404, "notFound", { name: "ProviderRejected", code: "provider_not_found" }],
    [400, "timeRangeEmpty", { name: "ProviderRejected", providerCode: "timeRangeEmpty" }],
    [500, "backendError", { name: "ProviderUnavailable" }],
  ];
  for (const [status, reason, expected] of refusals) {
    const fault = { kind: "status", status, body: body(status, reason) } as const;
    server.fault({ match: { path: API }, fault });
    await expect(list(), reason).rejects.toMatchObject(expected);
  }
  // 403 may say how long, too.
  server.fault({
    match: { path: API },
    fault: {
      kind: "status",
      status: 403,
      headers: { "retry-after": "7" },
      body: body(403, "rateLimitExceeded"),
    },
  });
  await expect(list()).rejects.toMatchObject({ retry: { afterMs: 7_000 } });
  // Asked once each time: neither the SDK nor we repeat anything.
  expect(server.requests().filter(({ path }) => path.startsWith(API))).toHaveLength(12);
  // 410 of a list needs no reason.
  server.fault({ match: { path: EVENTS }, fault: { kind: "status", status: 410, body: "" } });
  const page = { calendarId: "primary", from: { syncToken: "x" }, pageToken: null };
  expect(await google.listEvents(call, page)).toBe("expired");
  // More than a minute's.
  for (let asked = 0; asked <= 600; asked += 1) await primary(server, call.accessToken);
  await expect(list()).rejects.toMatchObject({ name: "RateLimited" });
});
