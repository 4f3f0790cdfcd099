import { expect, test } from "vitest";
import { listAttention } from "../../../src/db/attention.ts";
import { releaseHeld, retryRun } from "../../../src/db/run-operations.ts";
import { listRunAttempts, listRunLogs } from "../../../src/db/run-notes.ts";
import {
  ConnectionRevoked,
  ProviderRejected,
  ProviderUnavailable,
  RateLimited,
} from "../../../src/errors.ts";
import { done, skipped, snoozed } from "../../../src/jobs/define-job.ts";
import { enqueue } from "../../../src/queue/enqueue.ts";
import { insertCompany } from "../../support/records.ts";
import { setup } from "../../support/setup.ts";
import { noteJob, reaches, runtime } from "./harness.ts";

const patient = { attempts: 3, delayMsFirst: 1, delayMsMax: 2 };

test("a provider that is down is tried again until it is up", async () => {
  const context = await setup();
  const job = noteJob(
    async ({ run }) => {
      if (run.attempt < 3) throw new ProviderUnavailable("bank is down");
      return done("through");
    },
    { retry: patient },
  );
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  expect(await reaches(context.sql, runId, "succeeded")).toMatchObject({
    attempt: 3,
    starts: 3,
    result: "through",
    errorClass: null,
  });
  expect(await listRunAttempts(context.sql, runId, 10)).toMatchObject([
    { startNumber: 2, outcome: "retrying", errorClass: "ProviderUnavailable" },
    { startNumber: 1, outcome: "retrying", errorCode: "provider_unavailable" },
  ]);
});

test("spent attempts make a run dead, and someone is told once for all of them", async () => {
  const context = await setup();
  const companyId = await insertCompany(context.sql);
  const job = noteJob(
    async () => {
      throw new ProviderUnavailable("down: \0 \uD800 for ops@example.com");
    },
    { retry: patient },
  );
  await runtime(context, [job]);
  const runs = await context.sql.begin(async (tx) => [
    await enqueue(tx, job, { companyId, n: 1 }),
    await enqueue(tx, job, { companyId, n: 2 }),
  ]);
  for (const { runId } of runs) {
    expect(await reaches(context.sql, runId, "dead")).toMatchObject({
      attempt: 3,
      errorClass: "ProviderUnavailable",
      errorMessage: "down:  \uFFFD for [email]",
      errorRetryable: true,
    });
  }
  expect(await listAttention(context.sql, { companyId, isOpen: true, limit: 10 })).toMatchObject([
    { kind: "run.dead", key: job.name, title: "test.take-note failed for good" },
  ]);
});

test("a retry by an operator starts a dead run anew and settles its item", async () => {
  const context = await setup();
  const companyId = await insertCompany(context.sql);
  let isFixed = false;
  const job = noteJob(async () => {
    if (!isFixed) throw new ProviderRejected("no such account");
    return done();
  });
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { companyId, n: 1 }));
  await reaches(context.sql, runId, "dead");
  isFixed = true;
  await context.sql.begin((tx) => retryRun(tx, runId));
  expect(await reaches(context.sql, runId, "succeeded")).toMatchObject({
    attempt: 1,
    starts: 2,
    redrives: 1,
  });
  expect(await listAttention(context.sql, { companyId, isOpen: true, limit: 10 })).toEqual([]);
  await expect(context.sql.begin((tx) => retryRun(tx, runId))).rejects.toThrow("is succeeded");
});

test("what a provider rejects is not tried again", async () => {
  const context = await setup();
  const job = noteJob(
    async () => {
      throw new ProviderRejected("card declined", { code: "card_declined" });
    },
    { retry: patient },
  );
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  expect(await reaches(context.sql, runId, "dead")).toMatchObject({
    starts: 1,
    errorCode: "card_declined",
    errorRetryable: false,
  });
});

test("a snooze and a rate limit cost no attempt", async () => {
  const context = await setup();
  let starts = 0;
  const job = noteJob(async ({ run }) => {
    starts += 1;
    if (starts === 1) return snoozed(20, "not yet");
    if (starts === 2) throw new RateLimited("slow down", { afterMs: 20 });
    return done(run.attempt);
  });
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  expect(await reaches(context.sql, runId, "succeeded")).toMatchObject({
    result: 1,
    attempt: 1,
    starts: 3,
    snoozes: 2,
  });
});

test("runs of a revoked connection are held until it is made again", async () => {
  const context = await setup();
  let isConnected = false;
  const job = noteJob(async () => {
    if (!isConnected) throw new ConnectionRevoked("reconnect QuickBooks");
    return done();
  });
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { companyId: 4, n: 1 }));
  const held = await reaches(context.sql, runId, "held");
  expect(held).toMatchObject({ errorClass: "ConnectionRevoked", finishedAt: null });
  isConnected = true;
  expect(await context.sql.begin((tx) => releaseHeld(tx, 5))).toBe(0);
  expect(await context.sql.begin((tx) => releaseHeld(tx, 4))).toBe(1);
  await reaches(context.sql, runId, "succeeded");
});

test("what there was no need to do is skipped with a reason", async () => {
  const context = await setup();
  const job = noteJob(async () => skipped("invoice is paid"));
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  expect((await reaches(context.sql, runId, "skipped")).reason).toBe("invoice is paid");
});

test("a job that takes too long is told to stop and fails", async () => {
  const context = await setup();
  const job = noteJob(
    async ({ signal }) => {
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
      return done();
    },
    { timeoutMs: 60 },
  );
  const deaf = noteJob(async () => await new Promise(() => {}), {
    name: "test.hear-nothing",
    timeoutMs: 60,
  });
  await runtime(context, [job, deaf]);
  const runs = await context.sql.begin(async (tx) => [
    await enqueue(tx, job, { n: 1 }),
    await enqueue(tx, deaf, { n: 1 }),
  ]);
  for (const { runId } of runs) {
    expect(await reaches(context.sql, runId, "dead")).toMatchObject({
      errorClass: "RunTimedOut",
      errorCode: "timed_out",
    });
  }
});

test("a result that the database cannot hold does not make the work be done again", async () => {
  const context = await setup();
  const results = ["a\0b \uD800", 10n, "x".repeat(200_000), undefined];
  const job = noteJob(async (_, { n }) => done(results[n]));
  await runtime(context, [job]);
  const kept = [];
  for (const n of results.keys()) {
    const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n }));
    const run = await reaches(context.sql, runId, "succeeded");
    kept.push([run.starts, run.result]);
  }
  expect(kept).toEqual([
    [1, "ab \uFFFD"],
    [1, { omitted: "cannot be written as JSON" }],
    [1, { omitted: "too large" }],
    [1, null],
  ]);
});

test("a run of a job this version does not have waits for one that does", async () => {
  const context = await setup();
  const unknown = noteJob(undefined, { name: "test.be-newer", retry: patient });
  await runtime(context, [noteJob()]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, unknown, { n: 1 }));
  expect(await reaches(context.sql, runId, "retrying")).toMatchObject({ errorClass: "UnknownJob" });
});

test("progress and log lines are kept with the run, and not without end", async () => {
  const context = await setup();
  const job = noteJob(async ({ log, progress }) => {
    for (let line = 1; line <= 300; line += 1) {
      log.info({ line, mail: "who@example.com" }, "working");
      progress({ done: line });
    }
    return done();
  });
  await runtime(context, [job]);
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  const run = await reaches(context.sql, runId, "succeeded");
  expect(run.progress).toEqual({ done: 300 });
  const lines = await listRunLogs(context.sql, runId, 500);
  expect(lines).toHaveLength(200);
  expect(lines[0]?.message).toBe("working line=1 mail=[email]");
  expect(lines.at(-1)?.message).toContain("further lines");
});

test("a child run names its parent", async () => {
  const context = await setup();
  const child = noteJob(undefined, { name: "test.be-child" });
  const parent = noteJob(async ({ sql, enqueue: ask }) => {
    const { runId } = await sql.begin((tx) => ask(tx, child, { n: 2 }));
    return done(runId);
  });
  await runtime(context, [parent, child]);
  const { runId } = await context.sql.begin((tx) =>
    enqueue(tx, parent, { n: 1 }, { traceId: "trace-1" }),
  );
  const run = await reaches(context.sql, runId, "succeeded");
  const childRun = await reaches(context.sql, String(run.result), "succeeded");
  expect(childRun).toMatchObject({ triggerKind: "run", triggerId: runId, traceId: "trace-1" });
});
