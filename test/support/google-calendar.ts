import { googleCalendarSandbox } from "../../sandbox/google-calendar/google-calendar.ts";
import {
  startProviderServer,
  type SandboxServer,
  type ServerOptions,
} from "../../sandbox/server.ts";
import type { Sql } from "../../src/db/client.ts";
import type { Providers } from "../../src/connectors/contract.ts";
import { openTestProviders } from "./providers.ts";
import { findSpec } from "./shared-data.ts";
import { createSpecChecker } from "./spec-checker.ts";

/** An event as Google tells it; tests look into it freely. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type GoogleEvent = Record<string, any> & { id: string; etag: string };

/** What the sandbox holds. */
export interface GoogleState {
  calendars: { id: string; summary: string; events: GoogleEvent[] }[];
  channels: {
    id: string;
    resourceId: string;
    calendar: string;
    token: string | null;
    expiration: number;
    delivered: (number | null)[];
  }[];
}

/** Google's own contract as a judge; undefined where it is not at hand. */
export async function findGoogleCheck(): Promise<ServerOptions["check"]> {
  const document = await findSpec("specs/google/calendar.v3.discovery.json");
  return document === undefined
    ? undefined
    : createSpecChecker({
        document,
        ignores: /^\w+ \/(o\/oauth2|token|revoke)/,
        // It does not say that null takes a field of a PATCH away.
        excuses: /^PATCH .* body\.[\w.]+: Invalid input: expected string, received null$/,
      });
}

/** Somebody at Google with a calendar, who knows nothing of us. */
export interface GooglePerson {
  accessToken: string;
  /** One request; the path is with /calendar/v3. */
  ask: (
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<{ status: number; body: GoogleEvent }>;
  insert: (event: object, calendarId?: string) => Promise<GoogleEvent>;
  /** An hour tomorrow, under an id that is given. */
  keep: (event: { id: string; summary: string }) => Promise<GoogleEvent>;
  patch: (id: string, fields: object) => Promise<GoogleEvent>;
  remove: (id: string) => Promise<void>;
  move: (id: string, calendarId: string) => Promise<void>;
  /** As it is now, deleted or not. */
  event: (id: string, calendarId?: string) => GoogleEvent | undefined;
  /** Those of a calendar that are not deleted. */
  events: (calendarId?: string) => GoogleEvent[];
}

const PRIMARY = "ada@sandbox.test";

/** Signs in at the sandbox as a person does, with tokens of their own. */
export async function signInToGoogle(server: SandboxServer): Promise<GooglePerson> {
  const { url, oauth, clock } = server;
  const redirectUri = "http://person.test/";
  const query = new URLSearchParams({
    client_id: oauth.client.id,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "https://www.googleapis.com/auth/calendar",
  });
  const page = await fetch(`${url}/o/oauth2/v2/auth?${query.toString()}`, { redirect: "manual" });
  await page.arrayBuffer();
  const code = new URL(page.headers.get("location") ?? "").searchParams.get("code") ?? "";
  const granted = await fetch(`${url}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: oauth.client.id,
      client_secret: oauth.client.secret,
      redirect_uri: redirectUri,
      code,
    }),
  });
  const { access_token: accessToken } = (await granted.json()) as { access_token: string };

  const ask: GooglePerson["ask"] = async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? {} : JSON.parse(text) };
  };
  const must: GooglePerson["ask"] = async (method, path, body) => {
    const answer = await ask(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const state = (): GoogleState => server.readState() as GoogleState;
  const events = (calendarId = PRIMARY): GoogleEvent[] =>
    state().calendars.find(({ id }) => id === calendarId)?.events ?? [];

  const insert: GooglePerson["insert"] = async (event, calendarId) =>
    (await must("POST", at("", calendarId), event)).body;
  return {
    accessToken,
    ask,
    insert,
    keep: async (event) => {
      const start = clock.now().getTime() + 86_400_000;
      return await insert({
        start: { dateTime: new Date(start).toISOString() },
        end: { dateTime: new Date(start + 3_600_000).toISOString() },
        ...event,
      });
    },
    patch: async (id, fields) => (await must("PATCH", at(id), fields)).body,
    remove: async (id) => void (await must("DELETE", at(id))),
    move: async (id, destination) =>
      void (await must("POST", `${at(id)}/move?destination=${encodeURIComponent(destination)}`)),
    event: (id, calendarId) => events(calendarId).find((event) => event.id === id),
    events: (calendarId) => events(calendarId).filter(({ status }) => status !== "cancelled"),
  };
}

/** Where an event, or all of a calendar, is. */
function at(id = "", calendarId = PRIMARY): string {
  const path = `/calendar/v3/calendars/${encodeURIComponent(calendarId)}/events`;
  return id === "" ? path : `${path}/${id}`;
}

/** One small request. */
export async function primary(server: SandboxServer, accessToken: string): Promise<number> {
  const answer = await fetch(`${server.url}/calendar/v3/users/me/calendarList/primary`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  await answer.arrayBuffer();
  return answer.status;
}

export interface TestGoogleCalendar {
  sandbox: SandboxServer;
  /** The product's own way there. */
  providers: Providers;
  close: () => Promise<void>;
}

/** Google's calendars on a port of this machine, each exchange judged by Google's contract. */
export async function startGoogleCalendar(): Promise<TestGoogleCalendar> {
  const check = await findGoogleCheck();
  const sandbox = await startProviderServer(googleCalendarSandbox, {
    ...(check !== undefined && { check }),
  });
  const { client } = sandbox.oauth;
  const google = { clientId: client.id, clientSecret: client.secret, url: sandbox.url };
  const providers = openTestProviders({ google });
  return {
    sandbox,
    providers,
    close: async () => {
      providers.closeProviders();
      await sandbox.close();
    },
  };
}

/** An entry of a company whose schedule goes with a calendar; nothing of it is at Google. */
export async function insertPlannedEntry(sql: Sql, companyId: number): Promise<number> {
  const now = new Date("2026-03-01T02:00:00Z");
  await sql`
    insert into connections
      (company_id, provider, status, external_id, credentials, created_at, updated_at)
    values (${companyId}, 'google-calendar', 'connected', ${PRIMARY}, 'none', ${now}, ${now})
    on conflict do nothing
  `;
  await sql`
    insert into calendar_syncs (
      company_id, account, calendar_id, name, timezone, direction, is_current, address, span_from,
      span_to, created_at, updated_at
    )
    values (
      ${companyId}, ${PRIMARY}, ${PRIMARY}, 'Primary', 'UTC', 'both', true, 'https://nowhere.test',
      ${now}, ${now}, ${now}, ${now}
    )
    on conflict do nothing
  `;
  const [entry] = await sql<{ id: number }[]>`
    insert into schedule_entries (
      company_id, title, start_date, end_date, timezone, source, changed_at, created_at, updated_at
    )
    values (
      ${companyId}, 'Site visit', '2026-03-02', '2026-03-02', 'UTC', 'api', ${now}, ${now}, ${now}
    )
    returning id
  `;
  return entry!.id;
}
