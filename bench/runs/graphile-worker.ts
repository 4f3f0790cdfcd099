import { Logger, run, runMigrations } from "graphile-worker";
import type { Contender, RunningContender, Surroundings } from "./contender.ts";
import { inPgTransaction, openPgPool } from "./pg-transaction.ts";

export const graphileWorker: Contender = {
  name: "graphile-worker",
  settings: "graphile-worker 0.17.3 without its local queue, a pool of 10 and one of 10 to enqueue",
  start,
};

async function start({
  databaseUrl,
  concurrency,
  onStart,
}: Surroundings): Promise<RunningContender> {
  const logger = new Logger(() => () => {});
  const pool = openPgPool(databaseUrl, 10);
  const workPool = openPgPool(databaseUrl, 10);
  await runMigrations({ pgPool: workPool, logger });
  let completed = 0;
  const runner = await run({
    pgPool: workPool,
    concurrency,
    noHandleSignals: true,
    logger,
    taskList: {
      "no-op": (payload) => onStart((payload as { job: number }).job),
    },
  });
  runner.events.on("job:complete", () => {
    completed += 1;
  });
  return {
    async enqueue(jobs) {
      await inPgTransaction(pool, async (client) => {
        await client.query(
          `select graphile_worker.add_job('no-op', json_build_object('job', job))
           from unnest($1::int[]) as job`,
          [jobs],
        );
      });
    },
    countDone: async () => completed,
    async close() {
      await runner.stop();
      await Promise.all([pool.end(), workPool.end()]);
    },
  };
}
