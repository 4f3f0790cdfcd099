import type { Sql } from "../db/client.ts";
import { openLedgerPool } from "../db/ledger-pool.ts";
import type { AnyJob } from "../jobs/define-job.ts";
import { systemClock, type Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import { openQueueBackend } from "../queue/backend.ts";
import { clockQueue } from "../queue/names.ts";
import { createFeeder } from "./feeder.ts";
import { followEvents, retryFollowers } from "./follow.ts";
import { startLoop } from "./loop.ts";
import type { RuntimeMetrics } from "./metrics.ts";
import {
  measure,
  reclaimLostLeases,
  redeliverLostRuns,
  repairLedger,
  type Reconciliation,
} from "./reconcile.ts";
import { retain } from "./retention.ts";
import { declareSchedules, tickSchedules } from "./schedules.ts";
import { schedulerDefaults, type SchedulerSettings } from "./settings.ts";
import { indexJobs } from "./worker.ts";

export interface SchedulerOptions {
  sql: Sql;
  queueUrl: string;
  /** Begins all keys in Redis. */
  queuePrefix?: string;
  jobs: readonly AnyJob[];
  /** Says when schedules tick. */
  clock: Clock;
  log: Log;
  metrics: RuntimeMetrics;
  settings?: Partial<SchedulerSettings>;
}

export interface RunningScheduler {
  /** Looks at the schedules now. For a clock that was moved by hand. */
  tick(): Promise<void>;
  stop(): Promise<void>;
}

const REPAIR_EVERY = 60;

/**
 * Starts what brings work to the workers: the relay (events to runs, runs to queues), the schedules,
 * the reconciler and retention. Several processes may do so at once: each statement takes what no
 * other is at, so the second one is a spare.
 */
export async function startScheduler(options: SchedulerOptions): Promise<RunningScheduler> {
  const { clock, log, metrics } = options;
  const settings = { ...schedulerDefaults, ...options.settings };
  const jobs = indexJobs(options.jobs);
  const sql = openLedgerPool(options.sql, {
    connectionsMax: 3,
    applicationName: "nightledger-scheduler",
  });
  const backend = openQueueBackend({
    queueUrl: options.queueUrl,
    ...(options.queuePrefix !== undefined && { prefix: options.queuePrefix }),
    connectionsMax: 3,
    onError: (error) => log.warn({ err: error }, "queue connection"),
  });
  const reconciliation: Reconciliation = { sql, backend, log, metrics, settings };
  // Followers run jobs' own statements, for which the ledger's plans are not made.
  const following = { sql: options.sql, jobs, log };

  async function tick(): Promise<void> {
    const ticks = await tickSchedules(options.sql, jobs, {
      now: clock.now(),
      lateMs: settings.lateMs,
    });
    for (const { name, lateMs } of ticks) {
      if (lateMs < settings.lateMs) continue;
      metrics.scheduleMissed(name);
      log.warn({ schedule: name, lateMs }, "a schedule's tick was missed and comes late");
    }
  }

  async function prepare(): Promise<void> {
    await backend.ready();
    await declareSchedules(options.sql, jobs, clock.now());
    await backend.setAlarms(
      clockQueue,
      options.jobs.flatMap(({ name, schedule }) =>
        schedule === undefined ? [] : [{ name, rhythm: schedule }],
      ),
    );
  }

  async function closeAll(): Promise<void> {
    await backend.close();
    await sql.end({ timeout: 2 });
  }

  try {
    await prepare();
  } catch (error) {
    await closeAll();
    throw error;
  }

  const feeder = startLoop(
    log,
    "feeder",
    createFeeder({ sql, backend, window: settings.window, pollMs: settings.pollMs }),
  );
  const follower = startLoop(log, "follower", async () => {
    const followed = await followEvents(following);
    if (followed > 0) return 0;
    await retryFollowers(following);
    return settings.pollMs;
  });
  // On (re)connecting too: what was told meanwhile, nobody heard.
  await sql.listen("run_feed", feeder.wake, feeder.wake);
  await sql.listen("event_outbox", follower.wake, follower.wake);

  const alarm = backend.work(clockQueue, tick, { concurrency: 1 });
  let passes = 0;
  const reconciler = startLoop(log, "reconciler", async () => {
    await reclaimLostLeases(reconciliation);
    await tick();
    await measure(reconciliation);
    if (passes % REPAIR_EVERY === 0) await repairLedger(reconciliation);
    passes += 1;
    // Last, because it needs the queue, which may be away while the rest can go on.
    await redeliverLostRuns(reconciliation);
    return settings.reconcileMs;
  });
  const retention = startLoop(log, "retention", async () => {
    await retain(sql, { now: systemClock.now(), settings: settings.retention, log });
    return settings.retentionMs;
  });
  log.info({ backend: backend.kind, jobs: jobs.size }, "scheduler started");

  async function stop(): Promise<void> {
    await Promise.all([feeder, follower, reconciler, retention].map((loop) => loop.stop()));
    await alarm.close();
    await closeAll();
    log.info("scheduler stopped");
  }

  let stopped: Promise<void> | undefined;
  return { tick, stop: () => (stopped ??= stop()) };
}
