import {
  createPostgresBackend,
  createRedisBackend,
  withBackend,
  type Job,
  type Queue,
  type Worker,
} from "bullmq";
import type { Contender, RunningContender, Surroundings } from "./contender.ts";

interface NoOp {
  job: number;
}

const NAME = "no-op";
const JOB_OPTIONS = { removeOnComplete: { age: 300 } };

/** BullMQ by itself: no ledger, and no transaction that the job could be part of. */
export function createBullmq(backend: "postgres" | "redis"): Contender {
  return {
    name: `bullmq-${backend}`,
    settings:
      backend === "postgres"
        ? "bullmq 6.7.0, a pool of 10 for the queue and one of 10 for the worker, synchronous_commit on"
        : "bullmq 6.7.0, redis-server without persistence",
    start: async (surroundings) => {
      const { queue, worker } =
        backend === "postgres" ? onPostgres(surroundings) : onRedis(surroundings);
      return await startBullmq(queue, worker);
    },
  };
}

interface Parts {
  queue: Queue<NoOp>;
  worker: Worker<NoOp>;
}

function onPostgres({ databaseUrl, concurrency, onStart }: Surroundings): Parts {
  const classes = withBackend(createPostgresBackend);
  const connection = { connectionString: databaseUrl, max: 10, migrate: true };
  const process = async (job: Job<NoOp>) => onStart(job.data.job);
  return {
    // The same classes: only the type of their backend is narrower.
    queue: new classes.Queue<NoOp>(NAME, { connection }) as unknown as Queue<NoOp>,
    worker: new classes.Worker<NoOp>(NAME, process, {
      connection,
      concurrency,
    }) as unknown as Worker<NoOp>,
  };
}

function onRedis({ redisUrl, concurrency, onStart }: Surroundings): Parts {
  const classes = withBackend(createRedisBackend);
  const { hostname, port } = new URL(redisUrl);
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  const process = async (job: Job<NoOp>) => onStart(job.data.job);
  return {
    queue: new classes.Queue<NoOp>(NAME, { connection }),
    worker: new classes.Worker<NoOp>(NAME, process, { connection, concurrency }),
  };
}

async function startBullmq(queue: Queue<NoOp>, worker: Worker<NoOp>): Promise<RunningContender> {
  let completed = 0;
  worker.on("completed", () => {
    completed += 1;
  });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  return {
    async enqueue(jobs) {
      const [first] = jobs;
      if (jobs.length === 1) await queue.add(NAME, { job: first! }, JOB_OPTIONS);
      else {
        await queue.addBulk(jobs.map((job) => ({ name: NAME, data: { job }, opts: JOB_OPTIONS })));
      }
    },
    countDone: async () => completed,
    async close() {
      await worker.close();
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };
}
