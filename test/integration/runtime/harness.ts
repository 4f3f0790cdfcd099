import { z } from "zod";
import type { Connectors } from "../../../src/connectors/contract.ts";
import type { Sql } from "../../../src/db/client.ts";
import { getRun, type RunRow } from "../../../src/db/runs.ts";
import { defineJob, done, type AnyJob, type JobDefinition } from "../../../src/jobs/define-job.ts";
import { systemClock, type Clock } from "../../../src/platform/clock.ts";
import { createLog } from "../../../src/platform/log.ts";
import { createMetricsRegistry } from "../../../src/platform/metrics.ts";
import type { FileStorage } from "../../../src/platform/storage.ts";
import { openQueueBackend, type QueueBackend } from "../../../src/queue/backend.ts";
import { createRuntimeMetrics } from "../../../src/workers/metrics.ts";
import { startScheduler, type RunningScheduler } from "../../../src/workers/scheduler.ts";
import {
  schedulerDefaults,
  workerDefaults,
  type SchedulerSettings,
  type WorkerSettings,
} from "../../../src/workers/settings.ts";
import { startWorker, type RunningWorker } from "../../../src/workers/worker.ts";
import { eventually } from "../../support/eventually.ts";
import type { TestSetup } from "../../support/setup.ts";

/** Recovery in moments, so that a test can wait for it. */
const quickWorker: WorkerSettings = {
  ...workerDefaults,
  leaseMs: 1_500,
  heartbeatMs: 200,
  stopWindowMs: 3_000,
  abortGraceMs: 500,
};

const quickScheduler: SchedulerSettings = {
  ...schedulerDefaults,
  pollMs: 200,
  reconcileMs: 150,
  deliveryOverdueMs: 400,
};

type Test = Pick<TestSetup, "sql" | "queueUrl" | "queuePrefix" | "defer"> & {
  /** Default: none, for jobs that store nothing. */
  storage?: FileStorage;
};

/** What the runtime is given in tests; the jobs here reach no provider. */
export function partsOf({ sql, queueUrl, queuePrefix, storage = {} as FileStorage }: Test) {
  return {
    sql,
    queueUrl,
    queuePrefix,
    log: createLog({ level: "silent", name: "test" }),
    metrics: createRuntimeMetrics(createMetricsRegistry({ withProcessMetrics: false })),
    connectors: {} as Connectors,
    storage,
  };
}

/** Starts a worker that stops with the test. */
export async function work(
  test: Test,
  jobs: readonly AnyJob[],
  settings: Partial<WorkerSettings> = {},
  connectors = {} as Connectors,
  clock: Clock = systemClock,
): Promise<RunningWorker> {
  const worker = await startWorker({
    ...partsOf(test),
    connectors,
    jobs,
    clock,
    settings: { ...quickWorker, ...settings },
  });
  test.defer(() => worker.stop());
  return worker;
}

/** Starts a scheduler that stops with the test. */
export async function schedule(
  test: Test,
  jobs: readonly AnyJob[],
  { clock = systemClock, ...settings }: Partial<SchedulerSettings> & { clock?: Clock } = {},
): Promise<RunningScheduler> {
  const scheduler = await startScheduler({
    ...partsOf(test),
    jobs,
    clock,
    settings: { ...quickScheduler, ...settings },
  });
  test.defer(() => scheduler.stop());
  return scheduler;
}

/** Starts both. */
export async function runtime(
  test: Test,
  jobs: readonly AnyJob[],
): Promise<{ worker: RunningWorker; scheduler: RunningScheduler }> {
  return { worker: await work(test, jobs), scheduler: await schedule(test, jobs) };
}

/** The queue itself, to do to it what nobody should. */
export function openQueues(test: Test): QueueBackend {
  const backend = openQueueBackend({
    queueUrl: test.queueUrl,
    prefix: test.queuePrefix,
    onError: () => {},
  });
  test.defer(() => backend.close());
  return backend;
}

const noteSchema = z.object({ companyId: z.int().optional(), n: z.int().default(0) });

export type Note = z.infer<typeof noteSchema>;

/** A job that does what the test says, without retries unless told. */
export function noteJob(
  run: JobDefinition<Note>["run"] = async () => done(),
  definition: Partial<JobDefinition<Note>> = {},
): JobDefinition<Note> {
  return defineJob<Note>({
    name: "test.take-note",
    queue: "default",
    payload: noteSchema,
    retry: { attempts: 1, delayMsFirst: 1, delayMsMax: 1 },
    timeoutMs: 20_000,
    run,
    ...definition,
  });
}

/** Waits until a run has one of the statuses. */
export async function reaches(
  sql: Sql,
  runId: string,
  ...statuses: readonly RunRow["status"][]
): Promise<RunRow> {
  return await eventually(async () => {
    const run = await getRun(sql, { id: runId });
    return statuses.includes(run.status) ? run : undefined;
  });
}

/** A promise and the function that fulfils it. */
export function signal(): { given: Promise<void>; give: () => void } {
  let resolveGiven: (() => void) | undefined;
  const given = new Promise<void>((resolve) => {
    resolveGiven = resolve;
  });
  return { given, give: () => resolveGiven?.() };
}
