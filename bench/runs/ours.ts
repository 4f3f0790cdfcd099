import { z } from "zod";
import { openDatabase } from "../../src/db/client.ts";
import { migrate } from "../../src/db/migrate.ts";
import { defineJob, done } from "../../src/jobs/define-job.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createLog } from "../../src/platform/log.ts";
import { createMetricsRegistry } from "../../src/platform/metrics.ts";
import { enqueueMany } from "../../src/queue/enqueue.ts";
import { createRuntimeMetrics } from "../../src/workers/metrics.ts";
import { startScheduler } from "../../src/workers/scheduler.ts";
import { startWorker } from "../../src/workers/worker.ts";
import type { Contender, RunningContender, Surroundings } from "./contender.ts";

/** Runs of ours on one of the backends: ledger, feeder, queue, worker. */
export function createOurs(backend: "postgres" | "redis"): Contender {
  return {
    name: `nightledger-${backend}`,
    settings:
      "scheduler and worker with the settings they come with; done means settled in the ledger",
    start: async (surroundings) => await startOurs(surroundings, backend),
  };
}

async function startOurs(
  { databaseUrl, redisUrl, concurrency, onStart }: Surroundings,
  backend: "postgres" | "redis",
): Promise<RunningContender> {
  let started = 0;
  const noOp = defineJob({
    name: "bench.no-op",
    queue: "default",
    payload: z.object({ job: z.int() }),
    retry: { attempts: 1, delayMsFirst: 0, delayMsMax: 0 },
    timeoutMs: 60_000,
    async run(_context, { job }) {
      onStart(job);
      started += 1;
      return done();
    },
  });
  const sql = openDatabase({ url: databaseUrl, connectionsMax: 10, applicationName: "bench-ours" });
  await migrate(sql);
  const registry = createMetricsRegistry({ withProcessMetrics: false });
  const parts = {
    sql,
    queueUrl: backend === "redis" ? redisUrl : databaseUrl,
    queuePrefix: "bench",
    jobs: [noOp],
    clock: systemClock,
    log: createLog({ level: "error", name: "bench" }),
    metrics: createRuntimeMetrics(registry),
  };
  const scheduler = await startScheduler(parts);
  const worker = await startWorker({
    ...parts,
    // The job reaches for none.
    connectors: {} as never,
    storage: {} as never,
    settings: { concurrency: { nights: 1, notifications: 1, webhooks: 1, default: concurrency } },
  });
  return {
    async enqueue(jobs) {
      await sql.begin(async (tx) => {
        await enqueueMany(
          tx,
          noOp,
          jobs.map((job) => ({ payload: { job } })),
        );
      });
    },
    async countDone(wanted) {
      // Counting is work for the database, which has enough while jobs have not even started.
      if (started < wanted) return started;
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from job_runs where job = ${noOp.name} and status = 'succeeded'
      `;
      return row!.count;
    },
    async close() {
      await scheduler.stop();
      await worker.stop();
      await sql.end();
      registry.clear();
    },
  };
}
