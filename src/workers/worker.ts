import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Sql } from "../db/client.ts";
import { openLedgerPool } from "../db/ledger-pool.ts";
import { redeliver } from "../db/run-recovery.ts";
import type { AnyJob, JobContext } from "../jobs/define-job.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { openQueueBackend, type Delivery } from "../queue/backend.ts";
import { runQueues } from "../queue/names.ts";
import { execute, type Execution } from "./execute.ts";
import { createLeases } from "./leases.ts";
import type { RuntimeMetrics } from "./metrics.ts";
import { createRunNotes } from "./run-notes.ts";
import { workerDefaults, type WorkerSettings } from "./settings.ts";
import { WorkerStopping } from "./stop-reasons.ts";

export interface WorkerOptions {
  /** The jobs' pool. Closed by the caller, after `stop()`. */
  sql: Sql;
  queueUrl: string;
  /** Begins all keys in Redis. */
  queuePrefix?: string;
  jobs: readonly AnyJob[];
  connectors: JobContext["connectors"];
  storage: JobContext["storage"];
  clock: Clock;
  log: Log;
  metrics: RuntimeMetrics;
  settings?: Partial<WorkerSettings>;
}

export interface RunningWorker {
  /** Names this process in the ledger. */
  readonly id: string;
  /** Takes no more work; lets what runs end, or hands it back when the window closes. */
  stop(): Promise<void>;
}

/** Starts executing runs. Any number of processes may do so, on any number of machines. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const settings = { ...workerDefaults, ...options.settings };
  const id = `${hostname()}:${process.pid}:${randomBytes(3).toString("hex")}`;
  const log = options.log.child({ worker: id });
  const ledger = openLedgerPool(options.sql, {
    connectionsMax: settings.ledgerConnectionsMax,
    applicationName: "nightledger-ledger",
  });
  const givesUp = new AbortController();
  const leases = createLeases({
    sql: ledger,
    log,
    worker: id,
    leaseMs: settings.leaseMs,
    heartbeatMs: settings.heartbeatMs,
    signal: givesUp.signal,
  });
  const notes = createRunNotes(ledger, log, () => options.clock.now());
  const backend = openQueueBackend({
    queueUrl: options.queueUrl,
    ...(options.queuePrefix !== undefined && { prefix: options.queuePrefix }),
    onError: (error) => log.warn({ err: error }, "queue connection"),
  });
  const execution: Execution = {
    ...options,
    jobs: indexJobs(options.jobs),
    log,
    leases,
    notes,
    abortGraceMs: settings.abortGraceMs,
  };

  let isStopping = false;
  const unsettled = new Set<Promise<void>>();
  const executing = new Set<Promise<unknown>>();

  async function handle(delivery: Delivery): Promise<void> {
    if (isStopping) {
      await redeliver(ledger, [delivery]);
      return;
    }
    const { settled } = await execute(execution, delivery);
    unsettled.add(settled);
    void settled.finally(() => unsettled.delete(settled));
    // The ledger being slow must slow us down, not fill the memory with endings.
    if (unsettled.size > 1_000) await settled;
  }

  async function closeAll(): Promise<void> {
    await notes.stop();
    await leases.stop();
    await backend.close();
    await ledger.end({ timeout: 2 });
  }

  try {
    await ledger.listen("run_cancel", (runId) => leases.cancel(runId));
    await backend.ready();
  } catch (error) {
    await closeAll();
    throw error;
  }
  const workers = runQueues.map((queue) =>
    backend.work(
      queue,
      async (job) => {
        const handled = handle(job.data).catch((error: unknown) => {
          log.error({ err: error, ...job.data }, "a delivery was lost, it will come again");
        });
        executing.add(handled);
        await handled;
        executing.delete(handled);
      },
      { concurrency: settings.concurrency[queue] },
    ),
  );
  log.info({ queues: runQueues, backend: backend.kind }, "worker started");

  async function stop(): Promise<void> {
    isStopping = true;
    // From here on nothing more is taken; what has been taken is let run.
    const closing = workers.map((worker) => worker.close());
    const hurry = setTimeout(
      () => leases.abortAll(new WorkerStopping()),
      Math.max(0, settings.stopWindowMs - settings.abortGraceMs),
    );
    // A database that is away must not keep us: leases run out and others take over.
    const give = setTimeout(() => givesUp.abort(), settings.stopWindowMs);
    // Only a cancelled job that does not hear of it is still there some time after the window.
    await within(settings.stopWindowMs + settings.abortGraceMs, Promise.all(executing));
    clearTimeout(hurry);
    await Promise.all(unsettled);
    await leases.idle();
    // A queue server that is away would keep its workers from closing for ever.
    await within(settings.abortGraceMs, Promise.allSettled(closing));
    clearTimeout(give);
    await closeAll();
    log.info("worker stopped");
  }

  let stopped: Promise<void> | undefined;
  return { id, stop: () => (stopped ??= stop()) };
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, tooLate]);
  clearTimeout(timer);
}

/** @throws Error when two jobs have one name */
export function indexJobs(jobs: readonly AnyJob[]): ReadonlyMap<string, AnyJob> {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  if (byName.size !== jobs.length) {
    const twice = jobs.find((job) => byName.get(job.name) !== job);
    throw new Error(`Two jobs are called ${JSON.stringify(twice?.name)}.`);
  }
  return byName;
}
