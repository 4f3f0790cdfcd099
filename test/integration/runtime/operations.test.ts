import { expect, test } from "vitest";
import { countRedrivable, redriveRuns } from "../../../src/db/run-operations.ts";
import { countRuns, countRunsByQueue, getRun, listRuns } from "../../../src/db/runs.ts";
import { watchRun } from "../../../src/db/run-watches.ts";
import { NotFound, ProviderUnavailable } from "../../../src/errors.ts";
import { done } from "../../../src/jobs/define-job.ts";
import { enqueue, enqueueMany } from "../../../src/queue/enqueue.ts";
import { uuidV7 } from "../../../src/platform/uuid-v7.ts";
import { eventually } from "../../support/eventually.ts";
import { setup } from "../../support/setup.ts";
import { noteJob, reaches, runtime, signal } from "./harness.ts";

test("a redrive says first how many, and starts them at the pace it is given", async () => {
  const context = await setup();
  let isUp = false;
  const startedAt: number[] = [];
  const job = noteJob(async () => {
    if (!isUp) throw new ProviderUnavailable("down");
    startedAt.push(performance.now());
    return done();
  });
  await runtime(context, [job]);
  const requests = Array.from({ length: 6 }, (_, n) => ({
    payload: { companyId: 1 + (n % 2), n },
  }));
  await context.sql.begin((tx) => enqueueMany(tx, job, requests));
  await eventually(async () => (await countRedrivable(context.sql, {})) === 6);
  const filter = { companyId: 1, errorClass: "ProviderUnavailable" };
  expect(await countRedrivable(context.sql, filter)).toBe(3);
  isUp = true;
  const askedAt = performance.now();
  expect(await redriveRuns(context.sql, filter, { perSecond: 5, limit: 100 })).toBe(3);
  await eventually(() => startedAt.length === 3);
  // Each may be late, and none is early.
  for (const [index, at] of startedAt.entries())
    expect(at - askedAt).toBeGreaterThanOrEqual(index * 200);
  await eventually(
    async () => (await countRuns(context.sql, { statuses: ["succeeded"] }, 10)) === 3,
  );
  expect(await countRedrivable(context.sql, {})).toBe(3);
});

test("runs are found by company, job, status, error, key, parent and time, newest first", async () => {
  const { sql } = await setup();
  const keyed = noteJob(undefined, { idempotencyKey: ({ n }) => `invoice_${n}/2` });
  const other = noteJob(undefined, { name: "test.be-other", queue: "nights" });
  const made = await sql.begin(async (tx) => [
    await enqueue(tx, keyed, { companyId: 1, n: 10 }),
    await enqueue(tx, keyed, { companyId: 2, n: 11 }),
    await enqueue(tx, other, { companyId: 1, n: 12 }, { trigger: { kind: "run", id: "parent" } }),
  ]);
  const [a, b, c] = made.map((run) => run.runId);
  await sql`update job_runs set status = 'dead', error_class = 'ProviderUnavailable' where id = ${b!}`;
  const find = async (filter: Parameters<typeof listRuns>[1]) =>
    (await listRuns(sql, filter, { limit: 10 })).map((run) => run.id);

  expect(await find({})).toEqual([c, b, a]);
  expect(await find({ companyId: 1 })).toEqual([c, a]);
  expect(await find({ job: "test.be-other" })).toEqual([c]);
  expect(await find({ queue: "nights" })).toEqual([c]);
  expect(await find({ statuses: ["queued"] })).toEqual([c, a]);
  expect(await find({ errorClass: "ProviderUnavailable" })).toEqual([b]);
  expect(await find({ key: "invoice_1" })).toEqual([b, a]);
  expect(await find({ key: "invoice_10/2" })).toEqual([a]);
  expect(await find({ key: "invoice%" })).toEqual([]);
  expect(await find({ parentRunId: "parent" })).toEqual([c]);
  expect(await find({ createdFrom: new Date(Date.now() - 60_000) })).toHaveLength(3);
  expect(await find({ createdTo: new Date(Date.now() - 60_000) })).toEqual([]);
  const second = await listRuns(sql, {}, { limit: 2, beforeId: c! });
  expect(second.map((run) => run.id)).toEqual([b, a]);
  expect(await countRuns(sql, {}, 2)).toBe(2);
  expect(await countRunsByQueue(sql, new Date(Date.now() - 60_000))).toEqual([
    { queue: "default", status: "dead", count: 1 },
    { queue: "default", status: "queued", count: 1 },
    { queue: "nights", status: "queued", count: 1 },
  ]);
  await expect(getRun(sql, { id: a!, companyId: 2 })).rejects.toThrow(NotFound);
  await expect(getRun(sql, { id: uuidV7() })).rejects.toThrow(NotFound);
});

test("who watches a run is told when it starts, goes on and ends", async () => {
  const context = await setup();
  const steps = [signal(), signal()];
  const job = noteJob(async ({ progress }) => {
    await steps[0]!.given;
    progress({ done: 1 });
    await steps[1]!.given;
    return done();
  });
  const { runId } = await context.sql.begin((tx) => enqueue(tx, job, { n: 1 }));
  const seen: string[] = [];
  const look = async (): Promise<void> => {
    const run = await getRun(context.sql, { id: runId });
    seen.push(run.progress === null ? run.status : `${run.status} with progress`);
  };
  const errors: unknown[] = [];
  const unwatch = await watchRun(
    context.sql,
    runId,
    () => void look().catch((e) => errors.push(e)),
    (e) => errors.push(e),
  );
  await look();
  await runtime(context, [job]);
  await eventually(() => seen.includes("running"));
  steps[0]!.give();
  await eventually(() => seen.includes("running with progress"));
  steps[1]!.give();
  await eventually(() => seen.includes("succeeded with progress"));
  await reaches(context.sql, runId, "succeeded");
  await unwatch();
  expect(errors).toEqual([]);
  expect(await context.sql`select run_id from run_watches`).toEqual([]);
});
