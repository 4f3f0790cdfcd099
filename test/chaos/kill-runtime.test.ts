import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { recordEvents } from "../../src/db/events.ts";
import { countRuns, listRuns } from "../../src/db/runs.ts";
import { enqueueMany } from "../../src/queue/enqueue.ts";
import { eventually } from "../support/eventually.ts";
import { insertCompany } from "../support/records.ts";
import { setup, type TestSetup } from "../support/setup.ts";
import { kill, startProcess, type Role } from "./processes.ts";
import { haveEffect } from "./runtime-process.ts";

/** Starts a process of the runtime and waits until it takes work. */
async function launch(context: TestSetup, role: Role): Promise<ChildProcess> {
  return (await startProcess(context, { script: "runtime-process.ts", role })).child;
}

async function prepare(): Promise<TestSetup & { companies: number[] }> {
  const context = await setup();
  await context.sql`create table effects (fact bigint primary key, run_id uuid not null)`;
  const companies = [await insertCompany(context.sql), await insertCompany(context.sql)];
  return { ...context, companies };
}

test("a worker that is killed in the middle of its runs costs time only", async () => {
  const context = await prepare();
  await launch(context, "scheduler");
  const first = await launch(context, "worker");
  const requests = Array.from({ length: 100 }, (_, fact) => ({
    payload: { companyId: context.companies[fact % 2]!, fact },
  }));
  await context.sql.begin((tx) => enqueueMany(tx, haveEffect, requests));
  await eventually(async () => (await countRuns(context.sql, { statuses: ["running"] }, 5)) === 5);
  await kill(first);
  // What it had sent to the database is done or was undone.
  await eventually(async () => {
    const sessions = await context.sql`
      select from pg_stat_activity
      where datname = current_database() and application_name = 'nightledger-ledger'
    `;
    return sessions.length === 0;
  });
  const orphans = await listRuns(context.sql, { statuses: ["running"] }, { limit: 20 });
  expect(orphans.length).toBeGreaterThan(0);
  await launch(context, "worker");
  await eventually(
    async () => (await countRuns(context.sql, { statuses: ["succeeded"] }, 101)) === 100,
    {
      withinMs: 60_000,
    },
  );
  const crashed = await listRuns(context.sql, {}, { limit: 100 });
  expect(crashed.filter((run) => run.crashes === 1)).toHaveLength(orphans.length);
  expect(await context.sql`select fact from effects`).toHaveLength(100);
});

test("D5: work committed while nobody was there, and by processes killed again and again, is done once", async () => {
  const context = await prepare();
  const { sql, companies } = context;
  // Committed, and not in any queue: there is no process at all.
  const facts = Array.from({ length: 300 }, (_, fact) => fact);
  for (const [index, companyId] of companies.entries()) {
    await sql.begin((tx) =>
      recordEvents(
        tx,
        companyId,
        facts
          .filter((fact) => fact % 2 === index)
          .map((fact) => ({
            type: "test.happened",
            subjectType: "fact",
            subjectId: fact,
            occurredAt: new Date(),
          })),
      ),
    );
  }
  const processes = new Map<Role, ChildProcess>();
  const roles: readonly Role[] = ["scheduler", "worker"];
  for (const role of roles) processes.set(role, await launch(context, role));
  for (let round = 0; round < 4; round += 1) {
    for (const role of roles) {
      // Not a wait for something: a kill is to strike at any moment.
      await delay(Math.random() * 400);
      await kill(processes.get(role)!);
      processes.set(role, await launch(context, role));
    }
  }
  await eventually(async () => (await countRuns(sql, { statuses: ["succeeded"] }, 301)) === 300, {
    withinMs: 90_000,
  });
  expect(await countRuns(sql, {}, 1_000)).toBe(300);
  const effects = await sql<{ fact: bigint; runId: string }[]>`select fact, run_id from effects`;
  expect(effects).toHaveLength(300);
  expect(new Set(effects.map((effect) => effect.runId)).size).toBe(300);
  expect(await sql`select event_id from event_outbox`).toEqual([]);
  expect(await sql`select run_id from run_feed`).toEqual([]);
});
