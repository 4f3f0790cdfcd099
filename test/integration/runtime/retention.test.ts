import { expect, test } from "vitest";
import { listRuns } from "../../../src/db/runs.ts";
import { createRunPartition, dropEmptyRunPartitions } from "../../../src/db/run-retention.ts";
import type { Sql } from "../../../src/db/client.ts";
import { createUuidV7Source } from "../../../src/platform/uuid-v7.ts";
import { retain } from "../../../src/workers/retention.ts";
import { schedulerDefaults } from "../../../src/workers/settings.ts";
import { insertCompany, insertWebhook } from "../../support/records.ts";
import { setup } from "../../support/setup.ts";
import { partsOf } from "./harness.ts";

const DAY_MS = 86_400_000;

async function insertRun(sql: Sql, madeAt: Date, status: string): Promise<string> {
  const id = createUuidV7Source(() => madeAt.getTime())();
  await sql`
    insert into job_runs (id, job, queue, status, payload, key, attempts_max, trigger_kind, created_at)
    values (${id}, 'test.old', 'default', ${status}, '{}', ${id}, 1, 'system', ${madeAt})
  `;
  await sql`insert into run_keys (job, key, run_id) values ('test.old', ${id}, ${id})`;
  return id;
}

async function listPartitions(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select inhrelid::regclass::text as name
    from pg_inherits where inhparent = 'job_runs'::regclass order by 1
  `;
  return rows.map((row) => row.name);
}

test("old runs go when their status says so; what is not over stays", async () => {
  const { sql, ...context } = await setup();
  const now = new Date();
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const kept = [
    await insertRun(sql, daysAgo(2_000), "held"),
    await insertRun(sql, daysAgo(100), "dead"),
    await insertRun(sql, daysAgo(10), "succeeded"),
  ];
  for (const status of ["succeeded", "skipped", "cancelled"])
    await insertRun(sql, daysAgo(100), status);
  const gone = await insertRun(sql, daysAgo(2_000), "dead");
  await sql`insert into run_logs (run_id, line_number, logged_at, level, message) values (${gone}, 1, now(), 'info', 'x')`;
  await retain(sql, {
    now,
    settings: schedulerDefaults.retention,
    log: partsOf({ sql, ...context }).log,
  });
  const left = await listRuns(sql, {}, { limit: 20 });
  expect(left.map((run) => run.id).toSorted()).toEqual(kept.toSorted());
  expect(await sql`select 1 from run_logs`).toHaveLength(0);
  // The key of a run of 100 days ago still stands, though the run is gone.
  expect(await sql`select 1 from run_keys`).toHaveLength(6);
});

test("a month whose partition is missing gets one later, with the runs that came meanwhile", async () => {
  const { sql } = await setup();
  const past = new Date("2024-02-10T00:00:00Z");
  const id = await insertRun(sql, past, "succeeded");
  await insertRun(sql, new Date("2024-03-01T00:00:00Z"), "succeeded");
  expect(await sql`select id from only job_runs_default`).toHaveLength(2);
  const both = await Promise.all([createRunPartition(sql, past), createRunPartition(sql, past)]);
  expect(both.toSorted()).toEqual([false, true]);
  expect(await sql`select id from job_runs_2024_02`).toEqual([{ id }]);
  expect(await sql`select id from only job_runs_default`).toHaveLength(1);
});

test("empty partitions of past months are dropped, others stay", async () => {
  const { sql } = await setup();
  for (const month of ["2024-01", "2024-02"])
    await createRunPartition(sql, new Date(`${month}-15T00:00:00Z`));
  await insertRun(sql, new Date("2024-02-20T00:00:00Z"), "dead");
  const before = await listPartitions(sql);
  expect(await dropEmptyRunPartitions(sql, new Date("2024-03-15T00:00:00Z"))).toBe(1);
  expect(await listPartitions(sql)).toEqual(before.filter((name) => name !== "job_runs_2024_01"));
});

test("messages of webhooks and events go when their settings say so, and no event that is still to be followed", async () => {
  const base = await setup();
  const { sql } = base;
  const companyId = await insertCompany(sql);
  const endpointId = await insertWebhook(sql, companyId);
  const now = new Date();
  const insertDaysAgo = async (days: number) => {
    const at = new Date(now.getTime() - days * DAY_MS);
    await sql`
      insert into webhook_deliveries (
        company_id, endpoint_id, type, subject, body, status, next_attempt_at, created_at
      )
      values (${companyId}, ${endpointId}, 'invoice.paid', 'invoice/1', '{}', 'pending', ${at}, ${at})
    `;
    await sql`
      insert into events (company_id, type, subject_type, subject_id, occurred_at, created_at)
      values (${companyId}, 'invoice.paid', 'invoice', ${days}, ${at}, ${at})
    `;
  };
  for (const days of [1, 11, 101, 102]) await insertDaysAgo(days);
  await sql`
    insert into event_outbox (event_id, company_id, type)
    select id, company_id, type from events where subject_id = 102
  `;
  const { log } = partsOf(base);
  const left = async (settings: { eventDays: number | null }) => {
    await retain(sql, {
      now,
      settings: { ...schedulerDefaults.retention, webhookDays: 100, ...settings },
      log,
    });
    const [counts] = await sql`
      select
        (select count(*)::int from webhook_deliveries) as messages,
        (select array_agg(subject_id::int order by subject_id) from events) as events
    `;
    return counts;
  };
  expect(await left({ eventDays: null })).toEqual({
    messages: 2,
    events: [1, 11, 101, 102],
  });
  expect(await left({ eventDays: 100 })).toMatchObject({ events: [1, 11, 102] });
});
