import { expect, test } from "vitest";
import { cancelRun } from "../../../src/db/run-operations.ts";
import { listRuns } from "../../../src/db/runs.ts";
import { done } from "../../../src/jobs/define-job.ts";
import { enqueueMany } from "../../../src/queue/enqueue.ts";
import { eventually } from "../../support/eventually.ts";
import { setup } from "../../support/setup.ts";
import { noteJob, reaches, schedule, signal, work } from "./harness.ts";

const five = { nights: 1, notifications: 1, webhooks: 1, default: 5 };

test("D11: a worker that is stopped takes nothing new, and what runs ends or is handed back", async () => {
  const context = await setup();
  const mayEnd = signal();
  const started: number[] = [];
  const job = noteJob(async (run, { n }) => {
    started.push(n);
    if (n < 3) await mayEnd.given;
    else {
      await new Promise((_, reject) => {
        run.signal.addEventListener("abort", () => reject(run.signal.reason));
      });
    }
    return done();
  });
  await schedule(context, [job]);
  const worker = await work(context, [job], { concurrency: five });
  const requests = Array.from({ length: 12 }, (_, n) => ({ payload: { n } }));
  await context.sql.begin((tx) => enqueueMany(tx, job, requests));
  await eventually(() => started.length === 5);

  const stopping = worker.stop();
  mayEnd.give();
  await stopping;
  expect(started.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  const runs = await listRuns(context.sql, {}, { limit: 20 });
  const byNumber = runs.toReversed().map((run) => [run.status, run.attempt, run.errorClass]);
  expect(byNumber.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => ["succeeded", 1, null]));
  // Handed back as if they had never started, and not as failed.
  expect(byNumber.slice(3)).toEqual(Array.from({ length: 9 }, () => ["queued", 0, null]));
  expect(runs.filter((run) => run.starts === 1 && run.status === "queued")).toHaveLength(2);
});

test("another worker takes over at once what a stopped one handed back", async () => {
  const context = await setup();
  const executedBy: string[] = [];
  let starts = 0;
  const job = noteJob(async (run) => {
    starts += 1;
    if (starts > 5) {
      executedBy.push("second");
      return done();
    }
    await new Promise((_, reject) => {
      run.signal.addEventListener("abort", () => reject(run.signal.reason));
    });
    return done();
  });
  await schedule(context, [job], { deliveryOverdueMs: 60_000 });
  const first = await work(context, [job], {
    concurrency: five,
    stopWindowMs: 500,
    abortGraceMs: 400,
  });
  const requests = Array.from({ length: 5 }, (_, n) => ({ payload: { n } }));
  await context.sql.begin((tx) => enqueueMany(tx, job, requests));
  await eventually(() => starts === 5);
  await work(context, [job], { concurrency: five });
  await first.stop();
  await eventually(async () => {
    const runs = await listRuns(context.sql, { statuses: ["succeeded"] }, { limit: 10 });
    return runs.length === 5;
  });
  expect(executedBy).toHaveLength(5);
});

test("a cancelled job that does not hear of it does not keep the worker either", async () => {
  const context = await setup();
  const started = signal();
  const job = noteJob(async () => {
    started.give();
    return await new Promise(() => {});
  });
  await schedule(context, [job]);
  const worker = await work(context, [job], { stopWindowMs: 300, abortGraceMs: 200 });
  const [run] = await context.sql.begin((tx) => enqueueMany(tx, job, [{ payload: { n: 1 } }]));
  await started.given;
  await context.sql.begin((tx) => cancelRun(tx, run!.runId, "not wanted"));
  await worker.stop();
  // Its lease runs out, and nobody starts it again.
  expect(await reaches(context.sql, run!.runId, "cancelled")).toMatchObject({ starts: 1 });
});

test("a job that does not hear that it should stop does not keep the worker", async () => {
  const context = await setup();
  const started = signal();
  const job = noteJob(async () => {
    started.give();
    return await new Promise(() => {});
  });
  await schedule(context, [job]);
  const worker = await work(context, [job], { stopWindowMs: 300, abortGraceMs: 200 });
  await context.sql.begin((tx) => enqueueMany(tx, job, [{ payload: { n: 1 } }]));
  await started.given;
  const startedAt = performance.now();
  await worker.stop();
  expect(performance.now() - startedAt).toBeLessThan(2_500);
  expect(await listRuns(context.sql, {}, { limit: 1 })).toMatchObject([
    { status: "queued", attempt: 0 },
  ]);
});
