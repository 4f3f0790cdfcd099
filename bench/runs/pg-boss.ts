import PgBoss from "pg-boss";
import type { Contender, RunningContender, Surroundings } from "./contender.ts";
import { inPgTransaction, openPgPool } from "./pg-transaction.ts";

const QUEUE = "no-op";
const REST_MS = 2;

export const pgBoss: Contender = {
  name: "pg-boss",
  settings:
    "pg-boss 10.4.2, fetching batches of the concurrency in a loop of our own, because its worker polls at most twice a second",
  start,
};

async function start({
  databaseUrl,
  concurrency,
  onStart,
}: Surroundings): Promise<RunningContender> {
  const pool = openPgPool(databaseUrl, 10);
  const boss = new PgBoss({ connectionString: databaseUrl, max: 10 });
  const failures: unknown[] = [];
  boss.on("error", (error) => failures.push(error));
  await boss.start();
  await boss.createQueue(QUEUE);
  let completed = 0;
  const stopping = new AbortController();

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const jobs = await boss.fetch<{ job: number }>(QUEUE, { batchSize: concurrency });
      if (jobs.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, REST_MS));
        continue;
      }
      for (const { data } of jobs) onStart(data.job);
      await boss.complete(
        QUEUE,
        jobs.map(({ id }) => id),
      );
      completed += jobs.length;
    }
  }
  const looping = loop();
  return {
    async enqueue(jobs) {
      await inPgTransaction(pool, async (client) => {
        const db = {
          executeSql: async (text: string, values: unknown[]) => await client.query(text, values),
        };
        await boss.insert(
          jobs.map((job) => ({ name: QUEUE, data: { job } })),
          { db },
        );
      });
    },
    async countDone() {
      if (failures.length > 0) throw new AggregateError(failures, "pg-boss failed");
      return completed;
    },
    async close() {
      stopping.abort();
      await looping;
      await boss.stop({ graceful: false, wait: true });
      await pool.end();
    },
  };
}
