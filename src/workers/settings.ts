import type { QueueName } from "../queue/names.ts";

/** How a worker process works. Times are milliseconds. */
export interface WorkerSettings {
  /** Runs of each queue that one process executes at once. */
  concurrency: Readonly<Record<QueueName, number>>;
  /** A run whose worker gave no sign of life for so long is given to another. */
  leaseMs: number;
  /** How often a worker gives one. */
  heartbeatMs: number;
  /** How long stopping may take: runs that have not ended by then are handed back. */
  stopWindowMs: number;
  /** Of that window, or after a timeout: what a job is given to end once its signal was aborted. */
  abortGraceMs: number;
  /** Connections to the ledger, beside those of the jobs. */
  ledgerConnectionsMax: number;
}

export const workerDefaults: WorkerSettings = {
  concurrency: { nights: 2, notifications: 20, webhooks: 50, default: 10 },
  leaseMs: 15_000,
  heartbeatMs: 5_000,
  stopWindowMs: 15_000,
  abortGraceMs: 3_000,
  ledgerConnectionsMax: 3,
};

/** How a scheduler process works. Times are milliseconds. */
export interface SchedulerSettings {
  /** Runs a queue is given ahead of the workers: what a new company waits for. Wider while runs take moments. */
  window: Readonly<Record<QueueName, number>>;
  /** The longest the relay rests; it is woken when there is work. */
  pollMs: number;
  /** How often the reconciler looks for what was lost. */
  reconcileMs: number;
  /** A run the queue was given so long ago and that did not start is looked for. */
  deliveryOverdueMs: number;
  /** A run that has taken down so many workers is dead. */
  crashesMax: number;
  /** A tick so late, or an event unfollowed so long, is reported. */
  lateMs: number;
  /** How often old runs are removed. */
  retentionMs: number;
  retention: RetentionSettings;
}

/** How long what is over is kept, in days. */
export interface RetentionSettings {
  /** succeeded, skipped and cancelled runs */
  endedDays: number;
  deadDays: number;
  /** Keys outlive their runs: while one is kept, its work is not done twice. */
  keyDays: number;
  /** Uses of API tokens. */
  usageDays: number;
  /** Events, which are the activity log; null for ever. */
  eventDays: number | null;
  /** What webhooks were told, whatever became of it. */
  webhookDays: number;
}

export const schedulerDefaults: SchedulerSettings = {
  window: { nights: 20, notifications: 100, webhooks: 200, default: 100 },
  pollMs: 1_000,
  reconcileMs: 5_000,
  deliveryOverdueMs: 10_000,
  crashesMax: 10,
  lateMs: 60_000,
  retentionMs: 3_600_000,
  retention: {
    endedDays: 45,
    deadDays: 365,
    keyDays: 1_100,
    usageDays: 90,
    eventDays: null,
    webhookDays: 30,
  },
};
