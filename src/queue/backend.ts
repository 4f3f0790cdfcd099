import { withBackend, type Job, type Queue } from "bullmq";
import type { Rhythm } from "./cron.ts";
import { Unreachable } from "../platform/unreachable.ts";
import type { QueueBackendOptions, QueueDriver } from "./driver.ts";
import { openPostgresDriver } from "./postgres-driver.ts";
import { openRedisDriver } from "./redis-driver.ts";

/** All a BullMQ job of ours carries: the ledger has the rest. */
export interface Delivery {
  runId: string;
  delivery: number;
}

export type DeliveryQueue = Queue<Delivery>;

/** Takes jobs of one queue until it is closed, which lets those end that it has taken. */
export interface QueueWorker {
  close: () => Promise<void>;
}

export interface QueueBackend {
  readonly kind: QueueDriver["kind"];
  /** @throws Unreachable */
  ready(): Promise<void>;
  /** @throws when the server does not answer */
  ping(): Promise<void>;
  /** The BullMQ queue itself: for Bull Board and for tests. */
  queue(name: string): DeliveryQueue;
  /** Gives deliveries to a queue. One that it has already is ignored. */
  add(queue: string, deliveries: readonly Delivery[]): Promise<void>;
  /** Of the given overdue deliveries, those that wait in no queue: lost, removed, or fetched in vain. */
  findLost(queue: string, deliveries: readonly Delivery[]): Promise<Delivery[]>;
  /** Starts taking jobs of a queue. */
  work(
    queue: string,
    process: (job: Job<Delivery>) => Promise<void>,
    options: { concurrency: number },
  ): QueueWorker;
  /** Rings in `queue` at each tick, by a BullMQ job of this name; the ones not named are removed. */
  setAlarms(queue: string, alarms: readonly { name: string; rhythm: Rhythm }[]): Promise<void>;
  /** Closes queues and connections; workers must have been closed before. */
  close(): Promise<void>;
}

// Only `{ age }`: count-based retention deadlocks on PostgreSQL and then runs jobs twice.
const jobOptions = {
  attempts: 1,
  removeOnComplete: { age: 300 },
  removeOnFail: { age: 86_400 },
} as const;

/**
 * A delivery of which the queue holds a job in one of these states has not been lost. An active one
 * counts as lost: workers claim the moment they fetch, so whoever fetched this one is gone.
 */
const presentStates = new Set(["waiting", "delayed", "prioritized", "paused"]);

/** A cluster of which no node answers is asked for ever. */
const READY_WITHIN_MS = 15_000;

/** Opens the queues where the address says. The same code runs on both; this is the switch. */
export function openQueueBackend(options: QueueBackendOptions): QueueBackend {
  // Of a server that was never there `ready` tells, once, and not each of us who try to reach it.
  let wasReady = false;
  const onError = (error: unknown): void => {
    if (wasReady) options.onError(error);
  };
  const driver = openDriver({ ...options, onError });
  const classes = withBackend(driver.createBackend);
  const queues = new Map<string, DeliveryQueue>();

  function queue(name: string): DeliveryQueue {
    let found = queues.get(name);
    if (found === undefined) {
      const made = new classes.Queue<Delivery>(name, {
        connection: driver,
        prefix: driver.prefix(name),
        defaultJobOptions: jobOptions,
        // Nobody of ours reads BullMQ's events: the ledger tells what becomes of a run.
        streams: { events: { maxLen: 100 } },
      });
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same class; BullMQ's types tell queues of different backends apart, and nobody here does.
      found = made as unknown as DeliveryQueue;
      found.on("error", onError);
      queues.set(name, found);
    }
    return found;
  }

  return {
    kind: driver.kind,
    async ready() {
      try {
        await inTime(driver.ready(), READY_WITHIN_MS);
        wasReady = true;
      } catch (error) {
        throw new Unreachable("queue", error);
      }
    },
    ping: () => driver.ping(),
    queue,
    async add(name, deliveries) {
      const jobs = deliveries.map((delivery) => ({
        name: "run",
        data: delivery,
        opts: { jobId: jobIdOf(delivery) },
      }));
      // On PostgreSQL a bulk insert makes two temporary tables: worth it for many, not for a few.
      if (jobs.length > 3) await queue(name).addBulk(jobs);
      else await Promise.all(jobs.map((job) => queue(name).add(job.name, job.data, job.opts)));
    },
    async findLost(name, deliveries) {
      const states = await Promise.all(
        deliveries.map(async (delivery) => await queue(name).getJobState(jobIdOf(delivery))),
      );
      return deliveries.filter((_, index) => !presentStates.has(states[index] ?? "unknown"));
    },
    work(name, process, { concurrency }) {
      const worker = new classes.Worker<Delivery>(name, process, {
        connection: driver,
        prefix: driver.prefix(name),
        concurrency,
        // Our lease, not BullMQ's lock, says who has a run; a stalled delivery that comes again is ignored.
        lockDuration: 30_000,
        stalledInterval: 10_000,
        maxStalledCount: 1_000,
        // How long it rests when the server cannot be reached.
        runRetryDelay: 500,
      });
      worker.on("error", onError);
      return worker;
    },
    async setAlarms(name, alarms) {
      const clock = queue(name);
      for (const { name: alarm, rhythm } of alarms) {
        const repeat =
          "everyMs" in rhythm ? { every: rhythm.everyMs } : { pattern: rhythm.cron, tz: "UTC" };
        await clock.upsertJobScheduler(alarm, repeat, { name: alarm, opts: jobOptions });
      }
      const wanted = new Set(alarms.map((alarm) => alarm.name));
      for (const { key } of await clock.getJobSchedulers()) {
        if (!wanted.has(key)) await clock.removeJobScheduler(key);
      }
    },
    async close() {
      await Promise.all([...queues.values()].map((open) => open.close()));
      await driver.close();
    },
  };
}

function openDriver(options: QueueBackendOptions): QueueDriver {
  const scheme = /^[a-z]+(?=:\/\/)/.exec(options.queueUrl)?.[0];
  if (scheme === "postgres" || scheme === "postgresql") return openPostgresDriver(options);
  if (scheme === "redis" || scheme === "rediss") return openRedisDriver(options);
  throw new Error("The queue's address must begin with postgres:// or redis://.");
}

// BullMQ refuses ":" in ids and ids that are all digits.
function jobIdOf({ runId, delivery }: Delivery): string {
  return `${runId}.${delivery}`;
}

async function inTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The queue's server does not answer.")), ms);
  });
  await Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}
