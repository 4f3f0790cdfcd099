import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { listRuns } from "../../../src/db/runs.ts";
import { done } from "../../../src/jobs/define-job.ts";
import { runQueues } from "../../../src/queue/names.ts";
import { enqueueMany } from "../../../src/queue/enqueue.ts";
import { eventually } from "../../support/eventually.ts";
import { setup, type TestSetup } from "../../support/setup.ts";
import { noteJob, runtime, schedule, work } from "./harness.ts";

/** Empties the queue as an operator's slip would, and nothing else. */
async function emptyQueue({ sql, queueUrl, queuePrefix }: TestSetup): Promise<void> {
  if (!queueUrl.startsWith("redis")) {
    await sql`
      truncate bullmq.job, bullmq.job_dependency, bullmq.job_log, bullmq.event, bullmq.meta,
        bullmq.scheduler
    `;
    return;
  }
  const redis = new Redis(queueUrl);
  try {
    const keys = await redis.keys(`*${queuePrefix}:*`);
    if (keys.length > 0) await redis.unlink(...keys);
  } finally {
    redis.disconnect();
  }
}

async function waitForAll(context: TestSetup, count: number): Promise<void> {
  await eventually(
    async () => {
      const runs = await listRuns(context.sql, { statuses: ["succeeded"] }, { limit: count + 1 });
      return runs.length === count;
    },
    { withinMs: 40_000 },
  );
}

test("D7: a queue that is emptied while runs wait and run loses and doubles nothing", async () => {
  const context = await setup();
  const executions = new Map<number, number>();
  let running = 0;
  let hasBeenEmptied = false;
  const job = noteJob(async (_, { n }) => {
    running += 1;
    if (!hasBeenEmptied) await eventually(() => hasBeenEmptied);
    executions.set(n, (executions.get(n) ?? 0) + 1);
    return done();
  });
  const count = 300;
  const requests = Array.from({ length: count }, (_, n) => ({ payload: { companyId: n % 3, n } }));
  await context.sql.begin((tx) => enqueueMany(tx, job, requests));
  await runtime(context, [job]);
  await eventually(() => running >= 10);
  await emptyQueue(context);
  hasBeenEmptied = true;
  await waitForAll(context, count);
  expect(executions.size).toBe(count);
  expect([...executions.values()].every((times) => times === 1)).toBe(true);
});

test("D7: emptied before a worker comes, the queue is filled again from the ledger", async () => {
  const context = await setup();
  const job = noteJob();
  await schedule(context, [job]);
  const requests = Array.from({ length: 50 }, (_, n) => ({ payload: { n } }));
  await context.sql.begin((tx) => enqueueMany(tx, job, requests));
  await eventually(
    async () => (await context.sql`select 1 from run_feed where state = 'handed'`).length === 50,
  );
  await emptyQueue(context);
  await work(context, [job]);
  await waitForAll(context, 50);
  const runs = await listRuns(context.sql, {}, { limit: 60 });
  expect(runs.every((run) => run.starts === 1)).toBe(true);
});

test("all connections cut at once mend by themselves, with runs waiting and running", async () => {
  const context = await setup();
  let executed = 0;
  const job = noteJob(async ({ sql }) => {
    // As most jobs: through the pool whose connections are cut, too.
    await sql`select pg_sleep(0.005)`.catch(() => undefined);
    executed += 1;
    return done();
  });
  await runtime(context, [job]);
  const requests = Array.from({ length: 600 }, (_, n) => ({ payload: { n } }));
  await context.sql.begin((tx) => enqueueMany(tx, job, requests));
  for (const before of [50, 200]) {
    await eventually(() => executed >= before);
    // Ours among them: the statement's own connection ends as well.
    await context.sql`
      select pg_terminate_backend(pid)
      from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend'
    `.catch(() => undefined);
  }
  await waitForAll(context, 600);
  // Both the relay's and the worker's ears are back: new work is heard of at once.
  const startedAt = performance.now();
  await context.sql.begin((tx) => enqueueMany(tx, job, [{ payload: { n: 600 } }]));
  await waitForAll(context, 601);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test("runs without a feed row and feed rows without a run are mended", async () => {
  const context = await setup();
  const job = noteJob();
  const requests = Array.from({ length: 4 }, (_, n) => ({ payload: { n } }));
  await context.sql.begin((tx) => enqueueMany(tx, job, requests));
  await context.sql`delete from run_feed`;
  await context.sql`
    insert into run_feed (run_id, delivery, queue, company_id, state, available_at)
    values (gen_random_uuid(), 1, ${runQueues[0]}, 0, 'handed', now())
  `;
  await runtime(context, [job]);
  await waitForAll(context, 4);
  expect(await context.sql`select run_id from run_feed`).toEqual([]);
});
