import { expect, test } from "vitest";
import { cancelRun, retryRun } from "../../../src/db/run-operations.ts";
import { Conflict, NotFound } from "../../../src/errors.ts";
import { done } from "../../../src/jobs/define-job.ts";
import { enqueue } from "../../../src/queue/enqueue.ts";
import { uuidV7 } from "../../../src/platform/uuid-v7.ts";
import { setup } from "../../support/setup.ts";
import { noteJob, reaches, runtime, schedule, signal, work } from "./harness.ts";

test("a queued run is cancelled at once and never starts", async () => {
  const context = await setup();
  let starts = 0;
  const job = noteJob(async () => {
    starts += 1;
    return done();
  });
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  expect(await context.sql.begin((tx) => cancelRun(tx, runId, "not wanted"))).toBe("cancelled");
  await runtime(context, [job]);
  const { runId: next } = await context.sql.begin((tx) => enqueue(tx, job, { n: 2 }));
  await reaches(context.sql, next, "succeeded");
  expect(await reaches(context.sql, runId, "cancelled")).toMatchObject({
    reason: "not wanted",
    starts: 0,
  });
  expect(starts).toBe(1);
});

test("a running run is told to stop, from whatever process, and is cancelled when it has", async () => {
  const context = await setup();
  const started = signal();
  const effects: string[] = [];
  const job = noteJob(async (run) => {
    started.give();
    await new Promise((resolve) => {
      run.signal.addEventListener("abort", resolve);
    });
    run.signal.throwIfAborted();
    effects.push("sent");
    return done();
  });
  // Two workers: the one that is asked need not be the one that runs it.
  await work(context, [job]);
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  await started.given;
  expect(await context.sql.begin((tx) => cancelRun(tx, runId, "stop"))).toBe("running");
  const run = await reaches(context.sql, runId, "cancelled");
  expect(run.errorClass).toBeNull();
  expect(effects).toEqual([]);
});

test("a cancellation that nobody was told of is seen at the next sign of life", async () => {
  const context = await setup();
  const started = signal();
  const job = noteJob(async (run) => {
    started.give();
    await new Promise((_, reject) => {
      run.signal.addEventListener("abort", () => reject(run.signal.reason));
    });
    return done();
  });
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  await started.given;
  await context.sql`update job_runs set cancel_requested_at = now() where id = ${runId}`;
  expect(await reaches(context.sql, runId, "cancelled")).toMatchObject({ starts: 1 });
});

test("what was done before the cancellation arrived stays done", async () => {
  const context = await setup();
  const [started, mayEnd] = [signal(), signal()];
  const job = noteJob(async () => {
    started.give();
    await mayEnd.given;
    return done("sent");
  });
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  await started.given;
  await context.sql.begin((tx) => cancelRun(tx, runId, "too late"));
  mayEnd.give();
  expect((await reaches(context.sql, runId, "succeeded", "cancelled")).status).toBe("succeeded");
  await expect(context.sql.begin((tx) => cancelRun(tx, runId, "again"))).rejects.toThrow(Conflict);
});

test("a cancelled run does not come back by a snooze, and does by an operator's retry", async () => {
  const context = await setup();
  const [started, mayEnd] = [signal(), signal()];
  let starts = 0;
  const job = noteJob(async () => {
    starts += 1;
    if (starts > 1) return done();
    started.give();
    await mayEnd.given;
    return { kind: "snoozed", delayMs: 1, reason: "busy" };
  });
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  await started.given;
  await context.sql.begin((tx) => cancelRun(tx, runId, "stop"));
  mayEnd.give();
  await reaches(context.sql, runId, "cancelled");
  await context.sql.begin((tx) => retryRun(tx, runId));
  expect(await reaches(context.sql, runId, "succeeded")).toMatchObject({ starts: 2, redrives: 1 });
});

test("there is nothing to cancel about a run that does not exist", async () => {
  const context = await setup();
  await schedule(context, []);
  await expect(context.sql.begin((tx) => cancelRun(tx, uuidV7(), "x"))).rejects.toThrow(NotFound);
});
