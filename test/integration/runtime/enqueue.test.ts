import { expect, test } from "vitest";
import { getRun, listRuns } from "../../../src/db/runs.ts";
import { InvalidPayload } from "../../../src/errors.ts";
import { done } from "../../../src/jobs/define-job.ts";
import { enqueue, enqueueMany } from "../../../src/queue/enqueue.ts";
import { setup } from "../../support/setup.ts";
import { noteJob, reaches, runtime, schedule, work } from "./harness.ts";

test("a run enqueued in a transaction is executed after its commit", async () => {
  const context = await setup();
  const job = noteJob(async (_, { n }) => done({ seen: n }));
  await runtime(context, [job]);
  const { runId, isNew } = await context.sql.begin(async (tx) => {
    const run = await enqueue(
      tx,
      job,
      { companyId: 7, n: 41 },
      { trigger: { kind: "api", id: 3 } },
    );
    expect((await getRun(tx, { id: run.runId })).status).toBe("queued");
    return run;
  });
  expect(isNew).toBe(true);
  const run = await reaches(context.sql, runId, "succeeded");
  expect(run).toMatchObject({
    companyId: 7,
    attempt: 1,
    result: { seen: 41 },
    triggerKind: "api",
    triggerId: "3",
  });
});

test("a rollback leaves nothing", async () => {
  const { sql } = await setup();
  const job = noteJob(undefined, { idempotencyKey: ({ n }) => `${n}` });
  const rollback = new Error("on purpose");
  await expect(
    sql.begin(async (tx) => {
      await enqueue(tx, job, { n: 1 });
      throw rollback;
    }),
  ).rejects.toBe(rollback);
  const [left] = await sql`
    select
      (select count(*)::int from job_runs) as runs,
      (select count(*)::int from run_keys) as keys,
      (select count(*)::int from run_feed) as feed
  `;
  expect(left).toEqual({ runs: 0, keys: 0, feed: 0 });
});

test("fifty callers with one key get one run, which is executed once", async () => {
  const context = await setup({ connectionsMax: 20 });
  let executions = 0;
  const job = noteJob(
    async () => {
      executions += 1;
      return done();
    },
    { idempotencyKey: () => "the-fact" },
  );
  await runtime(context, [job]);
  const runs = await Promise.all(
    Array.from({ length: 50 }, () => context.sql.begin((tx) => enqueue(tx, job, { n: 1 }))),
  );
  expect(new Set(runs.map((run) => run.runId)).size).toBe(1);
  expect(runs.filter((run) => run.isNew)).toHaveLength(1);
  await reaches(context.sql, runs[0]!.runId, "succeeded");
  const again = await context.sql.begin((tx) => enqueue(tx, job, { n: 2 }));
  expect(again).toEqual({ runId: runs[0]!.runId, isNew: false });
  expect(executions).toBe(1);
});

test("many runs are answered in the order asked, with doubles among them", async () => {
  const { sql } = await setup();
  const job = noteJob(undefined, { idempotencyKey: ({ n }) => `${n}` });
  const wanted = [5, 3, 5, 1, 3];
  const runs = await sql.begin((tx) =>
    enqueueMany(
      tx,
      job,
      wanted.map((n) => ({ payload: { n } })),
    ),
  );
  expect(runs.map((run) => run.isNew)).toEqual([true, true, false, true, false]);
  expect(runs[2]!.runId).toBe(runs[0]!.runId);
  expect(runs[4]!.runId).toBe(runs[1]!.runId);
  const kept = await listRuns(sql, { job: job.name }, { limit: 10 });
  expect(kept.map((run) => run.payload["n"])).toEqual([1, 3, 5]);
});

test("a payload the job does not declare is refused and named, and nothing is kept of it", async () => {
  const { sql } = await setup();
  const wrong = sql.begin((tx) => enqueue(tx, noteJob(), { n: 1.5 }));
  await expect(wrong).rejects.toThrow(InvalidPayload);
  await expect(wrong).rejects.toThrow("test.take-note: n:");
  const more = { n: 1, token: "secret" };
  const { runId } = await sql.begin((tx) => enqueue(tx, noteJob(), more));
  expect((await getRun(sql, { id: runId })).payload).toEqual({ n: 1 });
});

test.each(["", "a\0b", "half \uD800 pair", "x".repeat(501)])(
  "the key %j is refused",
  async (key) => {
    const { sql } = await setup();
    await expect(sql.begin((tx) => enqueue(tx, noteJob(), { n: 1 }, { key }))).rejects.toThrow(
      InvalidPayload,
    );
  },
);

test("a delayed run starts when it is due, and not before", async () => {
  const context = await setup();
  const job = noteJob();
  await work(context, [job]);
  // Only for its time does the relay look: long before it would look anyhow.
  await schedule(context, [job], { pollMs: 60_000 });
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }, { delayMs: 700 }));
  const run = await reaches(context.sql, runId, "succeeded");
  expect(run.startedAt!.getTime() - run.createdAt.getTime()).toBeGreaterThanOrEqual(700);
});
