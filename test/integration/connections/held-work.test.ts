import { expect, test } from "vitest";
import { z } from "zod";
import { startProviderServer } from "../../../sandbox/server.ts";
import { connectProvider } from "../../../src/actions/connect-provider.ts";
import { disconnectProvider } from "../../../src/actions/disconnect-provider.ts";
import { withConnection } from "../../../src/actions/use-connection.ts";
import type { Connectors } from "../../../src/connectors/contract.ts";
import { findConnection } from "../../../src/db/connections.ts";

import { ConnectionRevoked } from "../../../src/errors.ts";
import { checkConnection } from "../../../src/jobs/connections/check-connection.ts";
import { checkConnections } from "../../../src/jobs/connections/check-connections.ts";
import { defineJob, done, type AnyJob } from "../../../src/jobs/define-job.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { enqueue } from "../../../src/queue/enqueue.ts";
import { openTestConnections } from "../../support/providers.ts";
import { insertCompany } from "../../support/records.ts";
import { setup } from "../../support/setup.ts";
import { createToy, toySandbox } from "../../support/toy-provider.ts";
import { reaches, schedule, work } from "../runtime/harness.ts";

const KEY = { provider: "slack" } as const;

/** A company connected to the toy, and a job that needs it. */
async function start({ jobs = [] as readonly AnyJob[] } = {}) {
  const base = await setup();
  const { sql } = base;
  const sandbox = await startProviderServer(toySandbox, { seed: { clients: 1 } });
  base.defer(() => sandbox.close());
  const toy = createToy({ url: sandbox.url });
  base.defer(() => toy.http.close());
  const connectors = openTestConnections(toy.oauth) as Connectors;
  const companyId = await insertCompany(sql);
  const connect = async () => {
    const { redirectUri, code } = agree(sandbox.url);
    const grant = await toy.oauth.exchange({
      app: toy.oauth.app!,
      code: await code,
      redirectUri,
      codeVerifier: null,
      query: { account: "toy-account" },
      signal: AbortSignal.timeout(5_000),
    });
    const { keys } = connectors.connections;
    await sql.begin((tx) =>
      connectProvider(tx, {
        keys,
        provider: toy.oauth,
        company: { id: companyId },
        grant,
        redirectUri,
        userId: null,
        now: new Date(),
      }),
    );
  };
  const readNote = defineJob({
    name: "toy.read-note",
    queue: "default",
    provider: "slack",
    payload: z.object({ companyId: z.int(), n: z.int() }),
    retry: { attempts: 3, delayMsFirst: 1, delayMsMax: 1 },
    timeoutMs: 10_000,
    run: async (ctx, payload) =>
      await withConnection(ctx, { ...KEY, companyId: payload.companyId }, async (connection) => {
        const note = await connection.call((token) => toy.readNote(token, "seeded-1", ctx.signal));
        return done({ read: note.id });
      }),
  });
  const all: readonly AnyJob[] = [readNote, checkConnection, checkConnections, ...jobs];
  const ask = async (n: number, delayMs = 0) =>
    (await sql.begin((tx) => enqueue(tx, readNote, { companyId, n }, { delayMs }))).runId;
  const run = async () => {
    await work(base, all, {}, connectors);
    await schedule(
      base,
      all.filter((job) => job !== checkConnections),
    );
  };
  const user = {
    sql,
    clock: systemClock,
    connectors,
    get signal() {
      return AbortSignal.timeout(10_000);
    },
  };
  return { ...base, sandbox, toy, companyId, connect, ask, run, user };
}

/** The toy's page, where somebody agrees at once, without PKCE. */
function agree(url: string): { redirectUri: string; code: Promise<string> } {
  const redirectUri = "https://nightledger.test/back";
  const query = new URLSearchParams({ client_id: "sandbox-client", redirect_uri: redirectUri });
  const code = fetch(`${url}/oauth/authorize?${query.toString()}`, { redirect: "manual" }).then(
    (page) => new URL(page.headers.get("location") ?? "").searchParams.get("code") ?? "",
  );
  return { redirectUri, code };
}

test("I5: a refresh that is refused parks the connection: its jobs are held, one alert; connecting again releases them", async () => {
  const { sql, companyId, sandbox, connect, ask, run } = await start();
  await connect();
  const early = await ask(1);
  await run();
  expect(await reaches(sql, early, "succeeded")).toMatchObject({ result: { read: "seeded-1" } });

  sandbox.oauth.revokeAll();
  const later = await ask(2, 3_600_000);
  const refused = [await ask(3), await ask(4), await ask(5)];
  for (const runId of [later, ...refused]) {
    const held = await reaches(sql, runId, "held");
    expect(held.reason).not.toBeNull();
    expect(held.finishedAt).toBeNull();
  }
  expect(await findConnection(sql, { ...KEY, companyId })).toMatchObject({
    status: "needs_reauth",
    lastErrorCode: "connection_revoked",
  });
  // What comes afterwards does not even ask the provider.
  const asked = sandbox.requests().length;
  expect(await reaches(sql, await ask(6), "held")).toMatchObject({
    errorClass: "ConnectionRevoked",
  });
  expect(sandbox.requests()).toHaveLength(asked);

  const items = await sql`
    select kind, key, title from attention_items where company_id = ${companyId}
  `;
  expect([...items]).toEqual([
    { kind: "connection.needs-reauth", key: "slack", title: "Toy has to be connected again" },
  ]);
  const told = await sql`select payload from events where type = 'connection.needs_reauth'`;
  expect(told).toHaveLength(1);

  await connect();
  for (const runId of refused) await reaches(sql, runId, "succeeded");
  // Due in an hour when it was held, it goes on at once.
  await reaches(sql, later, "succeeded");
  const open = await sql`select 1 from attention_items where resolved_at is null`;
  expect(open).toHaveLength(0);
});

test("work for a company that is not connected is skipped, and held work of one that disconnects too", async () => {
  const { sql, companyId, connect, ask, run, toy, user, sandbox } = await start();
  await run();
  expect(await reaches(sql, await ask(1), "skipped")).toMatchObject({
    reason: "Toy is not connected",
  });
  await connect();
  await sql`update connections set status = 'needs_reauth'`;
  const held = await ask(2);
  await reaches(sql, held, "held");
  // The provider cannot be told: that is said, and what we hold is forgotten all the same.
  sandbox.fault({ match: { path: "/oauth/revoke" }, fault: { kind: "status", status: 500 } });
  await disconnectProvider(user, {
    provider: toy.oauth,
    company: { id: companyId, testNow: null },
    userId: await anyUser(sql),
    requestId: "r",
  });
  await reaches(sql, held, "skipped");
  const [told] = await sql`select payload from events where type = 'connection.disconnected'`;
  expect(told).toMatchObject({
    payload: { revoked: false, revoke_error: "Toy: POST /oauth/revoke: status 500" },
  });
  expect(await findConnection(sql, { ...KEY, companyId })).toMatchObject({ credentials: null });
});

test("a refusal of credentials that were replaced meanwhile parks nothing, and what it held is released", async () => {
  const { sql, companyId, connect, user, ask, run } = await start();
  await connect();
  const refused = await withConnection(user, { ...KEY, companyId }, async (connection) => {
    await connection.call(async () => {});
    // Somebody connects again while we are at it.
    await connect();
    throw new ConnectionRevoked("the old ones");
  }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConnectionRevoked);
  expect(await findConnection(sql, { ...KEY, companyId })).toMatchObject({ status: "connected" });

  const runId = await ask(1);
  await sql`update job_runs set status = 'held' where id = ${runId}`;
  await sql`delete from run_feed`;
  await run();
  await sql.begin((tx) => enqueue(tx, checkConnections, {}, { key: "now" }));
  await reaches(sql, runId, "succeeded");
});

test("a due connection is checked: what was withdrawn is found before work needs it", async () => {
  const { sql, companyId, sandbox, connect, run } = await start();
  await connect();
  await sql`update connections set external_name = 'Old name', next_check_at = now()`;
  await run();
  const tick = async (key: string) => {
    const { runId } = await sql.begin((tx) => enqueue(tx, checkConnections, {}, { key }));
    expect(await reaches(sql, runId, "succeeded")).toMatchObject({
      result: { checks: 1, released: 0 },
    });
    const [check] = await sql<{ id: string }[]>`
      select id from job_runs where job = 'connection.check' order by id desc limit 1
    `;
    return await reaches(sql, check?.id ?? "", "succeeded", "skipped");
  };
  const openItems = () => sql`
    select kind, title from attention_items where resolved_at is null order by id
  `;
  await sql`update connections set refresh_expires_at = now() + interval '13 days'`;
  expect(await tick("one")).toMatchObject({ status: "succeeded" });
  expect(await openItems()).toMatchObject([
    {
      kind: "connection.ends-soon",
      title: expect.stringMatching(/^The connection to Toy ends on 2/),
    },
  ]);
  const checked = await findConnection(sql, { ...KEY, companyId });
  expect(checked).toMatchObject({ externalName: "Toy account", status: "connected" });

  sandbox.oauth.revokeAll();
  await sql`update connections set next_check_at = now()`;
  expect(await tick("two")).toMatchObject({ status: "skipped" });
  expect(await findConnection(sql, { ...KEY, companyId })).toMatchObject({
    status: "needs_reauth",
  });
});

async function anyUser(sql: Awaited<ReturnType<typeof start>>["sql"]): Promise<number> {
  const [user] = await sql<{ id: number }[]>`
    insert into users (name, email, password_hash, created_at, updated_at)
    values ('Pat', 'pat@example.test', 'x', now(), now()) returning id
  `;
  return user!.id;
}
