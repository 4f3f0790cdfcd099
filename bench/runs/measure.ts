import { setTimeout as delay } from "node:timers/promises";
import type { BenchServer } from "../server.ts";
import type { Contender, RunningContender } from "./contender.ts";

export interface Surroundings {
  server: BenchServer;
  redisUrl: string;
  concurrency: number;
}

/** How jobs are enqueued: by so many producers at once, so many jobs in a transaction. */
export interface Enqueueing {
  producers: number;
  jobsPerTransaction: number;
}

const WARM_UP_JOBS = 500;
const LOOK_EVERY_MS = 5;
/** A contender that makes no progress for so long is broken. */
const STUCK_MS = 60_000;

/**
 * Jobs a second, from the first transaction to the end of the last job, while producers and worker
 * run side by side in this process, after a warm-up on the same connections.
 */
export async function measureThroughput(
  contender: Contender,
  surroundings: Surroundings,
  { jobs, enqueueing }: { jobs: number; enqueueing: Enqueueing },
): Promise<number> {
  return await withContender(
    contender,
    surroundings,
    () => {},
    async (running) => {
      await produce(running, WARM_UP_JOBS, enqueueing);
      await untilDone(running, WARM_UP_JOBS);
      const startedAt = performance.now();
      await produce(running, jobs, enqueueing);
      await untilDone(running, WARM_UP_JOBS + jobs);
      return (jobs * 1000) / (performance.now() - startedAt);
    },
  );
}

/** Milliseconds from the commit of each job's transaction, as its caller knows it, to the job's start. */
export async function measureLatencies(
  contender: Contender,
  surroundings: Surroundings,
  { jobs, perSecond }: { jobs: number; perSecond: number },
): Promise<number[]> {
  const startedAt = new Map<number, number>();
  const onStart = (job: number) => startedAt.set(job, performance.now());
  return await withContender(contender, surroundings, onStart, async (running) => {
    await produce(running, WARM_UP_JOBS, { producers: 1, jobsPerTransaction: 1 });
    await untilDone(running, WARM_UP_JOBS);
    startedAt.clear();
    const committedAt: number[] = [];
    const committing: Promise<void>[] = [];
    const enqueueOne = async (job: number): Promise<void> => {
      await running.enqueue([job]);
      committedAt[job] = performance.now();
    };
    const firstAt = performance.now();
    for (let job = 0; job < jobs; job += 1) {
      await delay(Math.max(0, firstAt + (job * 1000) / perSecond - performance.now()));
      committing.push(enqueueOne(job));
    }
    await Promise.all(committing);
    await untilDone(running, WARM_UP_JOBS + jobs);
    // A worker may be told of the commit before its caller is.
    return committedAt.map((at, job) => Math.max(0, startedAt.get(job)! - at));
  });
}

let databases = 0;

async function withContender<Result>(
  contender: Contender,
  { server, ...surroundings }: Surroundings,
  onStart: (job: number) => void,
  work: (running: RunningContender) => Promise<Result>,
): Promise<Result> {
  databases += 1;
  const database = `runs_${databases}`;
  await server.createDatabase(database);
  try {
    const databaseUrl = server.url(database);
    const running = await contender.start({ ...surroundings, databaseUrl, onStart });
    try {
      await server.checkpoint();
      return await work(running);
    } finally {
      await running.close();
    }
  } finally {
    await server.dropDatabase(database);
  }
}

async function produce(
  running: RunningContender,
  jobs: number,
  { producers, jobsPerTransaction }: Enqueueing,
): Promise<void> {
  let next = 0;
  const producer = async () => {
    while (next < jobs) {
      const count = Math.min(jobsPerTransaction, jobs - next);
      const numbers = Array.from({ length: count }, (_, index) => next + index);
      next += count;
      await running.enqueue(numbers);
    }
  };
  await Promise.all(Array.from({ length: producers }, producer));
}

async function untilDone(running: RunningContender, wanted: number): Promise<void> {
  let done = 0;
  let progressedAt = performance.now();
  for (;;) {
    const count = await running.countDone(wanted);
    if (count >= wanted) return;
    if (count > done) progressedAt = performance.now();
    done = count;
    if (performance.now() - progressedAt > STUCK_MS) throw new Error(`only ${done} jobs are done`);
    await delay(LOOK_EVERY_MS);
  }
}
