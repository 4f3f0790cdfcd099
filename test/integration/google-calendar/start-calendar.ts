import { expect } from "vitest";
import { connectOverApi } from "../../support/connect.ts";
import { eventually } from "../../support/eventually.ts";
import {
  signInToGoogle,
  startGoogleCalendar,
  type GooglePerson,
  type GoogleState,
} from "../../support/google-calendar.ts";
import { startPlatform } from "../../support/platform.ts";
import { setup } from "../../support/setup.ts";
import { createAsk, type Ask } from "../api/start-api.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- answers of all routes
type Data = any;

const BASE = "/integrations/google-calendar";
export const CALENDAR = "ada@sandbox.test";
const WITHIN = { withinMs: 20_000 };

/**
 * The whole product beside Google, a person there, and a company that is connected to their calendars.
 * Unless `isTold`, Google opens no channel, and nothing is synchronized until the test says so.
 */
export async function startCalendar({ isTold = false }: { isTold?: boolean } = {}) {
  const base = await setup();
  const { sql } = base;
  const { sandbox, providers, close } = await startGoogleCalendar();
  base.defer(close);
  if (!isTold) {
    sandbox.fault({
      match: { method: "POST", path: "/calendar/v3/calendars", body: "web_hook" },
      fault: { kind: "status", status: 400, body: { error: { code: 400, message: "No." } } },
      times: 1_000,
    });
  }
  const platform = await startPlatform(base, { providers });
  const ask = createAsk(platform.url);
  const registered = await ask("POST", "/api/v1/auth/register", {
    body: { name: "Robin", email: "robin@studio.example", password: "correct horse battery" },
  });
  const token = String(registered.body.token);
  const founded = await ask("POST", "/api/v1/companies", {
    token,
    body: { name: "Studio", timezone: "America/Chicago" },
  });
  const companyId = Number(founded.body.data.id);
  const call = async (method: string, path: string, body?: unknown, options: Ask = {}) =>
    await ask(method, `/api/v1${path}`, { token, body, ...options });
  const expectCall = async (
    status: number,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Data> => {
    const reply = await call(method, path, body);
    expect({ status: reply.status, text: reply.text }).toMatchObject({ status });
    return reply.body?.data;
  };
  const connect = async () =>
    await connectOverApi(ask, { token, connectPath: `/api/v1${BASE}/connect` });
  await connect();
  let person: GooglePerson = await signInToGoogle(sandbox);

  /** Waits for a run to end, and answers it. */
  const ended = async (runId: string): Promise<Data> =>
    await eventually(async () => {
      const run = await expectCall(200, "GET", `/runs/${runId}`);
      return ["queued", "running", "retrying"].includes(run.status) ? undefined : run;
    }, WITHIN);

  /** Waits until nothing of the company is to be done any more. */
  const settled = async (): Promise<void> => {
    await eventually(async () => {
      const [row] = await sql<{ count: number }[]>`
        select (
          (select count(*) from event_outbox) +
          (select count(*) from job_runs where status in ('queued', 'running', 'retrying'))
        )::int as count
      `;
      return row?.count === 0;
    }, WITHIN);
  };

  return {
    ...base,
    sandbox,
    ask,
    call,
    expectCall,
    token,
    companyId,
    connect,
    ended,
    settled,
    /** Somebody at Google, who has the calendar. */
    person: () => person,
    signInAgain: async () => {
      person = await signInToGoogle(sandbox);
    },
    state: () => sandbox.readState() as GoogleState,
    choose: async (direction = "both", calendarId = CALENDAR) => {
      const body = { calendar_id: calendarId, direction };
      const chosen = await expectCall(200, "PUT", `${BASE}/settings`, body);
      const run = await ended(chosen.run_id);
      await settled();
      return run;
    },
    sync: async (body: object = {}) => {
      const run = await ended((await expectCall(202, "POST", `${BASE}/sync`, body)).id);
      await settled();
      return run;
    },
    status: async (): Promise<Data> => await expectCall(200, "GET", `${BASE}/status`),
    plan: async (fields: object = {}): Promise<Data> =>
      await expectCall(201, "POST", "/schedule", { ...inDays(3), title: "Site visit", ...fields }),
    schedule: async (): Promise<Data[]> => await expectCall(200, "GET", "/schedule?per_page=100"),
    /** What happened to an entry, oldest first. */
    story: async (id: number): Promise<{ event: string; properties: Data }[]> => {
      const path = `/activity-log?subject_type=schedule-entry&subject_id=${id}&per_page=100`;
      return (await expectCall(200, "GET", path)).toReversed();
    },
    attention: async (): Promise<string[]> => {
      const items = await expectCall(200, "GET", "/attention-items");
      return items.map(({ kind }: { kind: string }) => kind);
    },
  };
}

/** The same for a whole test, also when midnight comes in between. */
const NOW = Date.now();

/** Two hours at noon (UTC), so many days from now. */
export function inDays(days: number): { starts_at: string; ends_at: string } {
  const day = new Date(NOW + days * 86_400_000).toISOString().slice(0, 10);
  return { starts_at: `${day}T12:00:00.000000Z`, ends_at: `${day}T14:00:00.000000Z` };
}

/** The same as Google says it. */
export function googleTimes({ starts_at, ends_at }: ReturnType<typeof inDays>) {
  return { start: { dateTime: starts_at }, end: { dateTime: ends_at } };
}
