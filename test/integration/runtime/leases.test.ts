import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { Sql } from "../../../src/db/client.ts";
import { claimRuns, renewLeases, settleRuns, type Settlement } from "../../../src/db/run-ledger.ts";
import { reclaimExpiredRuns } from "../../../src/db/run-recovery.ts";
import { listRunAttempts } from "../../../src/db/run-notes.ts";
import { done } from "../../../src/jobs/define-job.ts";
import { enqueue } from "../../../src/queue/enqueue.ts";
import { createLog } from "../../../src/platform/log.ts";
import { createLeases } from "../../../src/workers/leases.ts";
import { setup } from "../../support/setup.ts";
import { noteJob, openQueues, reaches, runtime, schedule, signal, work } from "./harness.ts";

function succeeded(runId: string, leaseToken: string): Settlement {
  return {
    runId,
    leaseToken,
    status: "succeeded",
    delayMs: 0,
    givesAttemptBack: false,
    result: null,
    reason: null,
    error: null,
  };
}

test("D1: one delivery that arrives many times in parallel is executed once", async () => {
  const context = await setup();
  let executions = 0;
  const [started, mayEnd] = [signal(), signal()];
  const job = noteJob(async () => {
    executions += 1;
    started.give();
    await mayEnd.given;
    return done();
  });
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  const queue = openQueues(context).queue("default");
  for (let copy = 0; copy < 20; copy += 1) {
    await queue.add("run", { runId, delivery: 1 }, { jobId: `copy-${copy}` });
  }
  await Promise.all([work(context, [job]), work(context, [job])]);
  await started.given;
  await runtime(context, [job]);
  await queue.add("run", { runId, delivery: 1 }, { jobId: "another-copy" });
  mayEnd.give();
  await reaches(context.sql, runId, "succeeded");
  await queue.add("run", { runId, delivery: 1 }, { jobId: "late-copy" });
  const { runId: next } = await context.sql.begin((tx) => enqueue(tx, job, { n: 2 }));
  const last = await reaches(context.sql, next, "succeeded");
  expect(last.starts).toBe(1);
  expect(executions).toBe(2);
});

test("an execution that lost its lease takes nothing from the one that the same process began anew", async () => {
  const { sql, defer } = await setup();
  const { runId } = await sql.begin((tx) => enqueue(tx, noteJob(), { n: 1 }));
  const leases = createLeases({
    sql,
    log: createLog({ level: "silent", name: "test" }),
    worker: "w",
    leaseMs: 60_000,
    heartbeatMs: 60_000,
    signal: new AbortController().signal,
  });
  defer(() => leases.stop());
  const [before, after] = [new AbortController(), new AbortController()];
  const lost = await leases.claim({ runId, delivery: 1 }, before);
  // The database was away for longer than a lease: there it ran out, and the run was given back.
  await sql`update job_runs set lease_expires_at = now() where id = ${runId}`;
  await reclaimExpiredRuns(sql, { crashesMax: 3, limit: 10 });
  expect(await leases.claim({ runId, delivery: 2 }, after)).toBeDefined();
  leases.drop({ runId, leaseToken: lost!.leaseToken });
  leases.cancel(runId);
  expect([before.signal.aborted, after.signal.aborted]).toEqual([false, true]);
});

test("a worker that lost its lease cannot finish the run that another has taken", async () => {
  const { sql } = await setup();
  const { runId } = await sql.begin((tx) => enqueue(tx, noteJob(), { n: 1 }));
  const [first, second] = [randomUUID(), randomUUID()];
  const claim = (leaseToken: string, delivery: number, leaseMs: number) =>
    claimRuns(sql, [{ runId, delivery, leaseToken }], { worker: leaseToken, leaseMs });
  expect(await claim(first, 1, 0)).toHaveLength(1);
  expect(await claim(second, 1, 1_000)).toHaveLength(0);
  await reclaimExpiredRuns(sql, { crashesMax: 3, limit: 10 });
  expect(await claim(second, 1, 1_000)).toHaveLength(0);
  expect(await claim(second, 2, 1_000)).toMatchObject([{ attempt: 2, starts: 2 }]);

  expect(await settleRuns(sql, [succeeded(runId, first)])).toEqual([]);
  expect(await renewLeases(sql, [{ runId, leaseToken: first }], 1_000)).toEqual([]);
  expect(await settleRuns(sql, [succeeded(runId, second)])).toEqual([
    { id: runId, status: "succeeded" },
  ]);
  expect(await claim(randomUUID(), 2, 1_000)).toHaveLength(0);
});

test("a claim whose answer was lost may be asked for again and counts once", async () => {
  const { sql } = await setup();
  const { runId } = await sql.begin((tx) => enqueue(tx, noteJob(), { n: 1 }));
  const request = { runId, delivery: 1, leaseToken: randomUUID() };
  const options = { worker: "w", leaseMs: 1_000 };
  await claimRuns(sql, [request], options);
  expect(await claimRuns(sql, [request], options)).toMatchObject([{ attempt: 1, starts: 1 }]);
});

test("a worker that falls silent loses its runs, and its job is told", async () => {
  const context = await setup();
  const [started, told] = [signal(), signal()];
  let starts = 0;
  const job = noteJob(async (run) => {
    starts += 1;
    if (starts > 1) return done("by the other");
    started.give();
    await new Promise((resolve) => {
      run.signal.addEventListener("abort", resolve);
    });
    told.give();
    return done("by the one that lost it");
  });
  await work(context, [job], { leaseMs: 60_000 });
  await schedule(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  await started.given;
  // At once: a sign of life in between would keep the run.
  await context.sql.begin(async (tx) => {
    await tx`
      update job_runs set lease_expires_at = clock_timestamp() - interval '1 ms' where id = ${runId}
    `;
    await reclaimExpiredRuns(tx as unknown as Sql, { crashesMax: 3, limit: 10 });
  });
  const run = await reaches(context.sql, runId, "succeeded");
  expect(run).toMatchObject({ result: "by the other", crashes: 1, starts: 2 });
  expect(await listRunAttempts(context.sql, runId, 10)).toMatchObject([
    { startNumber: 1, outcome: "crashed", errorMessage: "worker died 1 time" },
  ]);
  await told.given;
});

test("a run that takes down worker after worker is dead in the end", async () => {
  const { sql } = await setup();
  const { runId } = await sql.begin((tx) => enqueue(tx, noteJob(), { n: 1 }));
  for (const delivery of [1, 2, 3]) {
    const requests = [{ runId, delivery, leaseToken: randomUUID() }];
    expect(await claimRuns(sql, requests, { worker: "w", leaseMs: 0 })).toHaveLength(1);
    await reclaimExpiredRuns(sql, { crashesMax: 3, limit: 10 });
  }
  expect(await reaches(sql, runId, "dead")).toMatchObject({
    crashes: 3,
    errorClass: "WorkerDied",
    errorMessage: "worker died 3 times",
  });
  const [item] = await sql`select kind, run_id from attention_items`;
  expect(item).toEqual({ kind: "run.dead", runId });
});

test("Bull Board's retry of a finished delivery changes nothing", async () => {
  const context = await setup();
  let executions = 0;
  const job = noteJob(async () => {
    executions += 1;
    return done();
  });
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  await reaches(context.sql, runId, "succeeded");
  const delivered = await openQueues(context).queue("default").getJob(`${runId}.1`);
  await delivered?.retry("completed");
  const { runId: next } = await context.sql.begin((tx) => enqueue(tx, job, { n: 2 }));
  await reaches(context.sql, next, "succeeded");
  expect(executions).toBe(2);
});
