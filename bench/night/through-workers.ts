import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openDatabase, type Sql } from "../../src/db/client.ts";
import { runNightJob } from "../../src/jobs/billing/run-night.ts";
import { enqueueMany } from "../../src/queue/enqueue.ts";
import { startProduct } from "../product.ts";
import { COMPANIES, NIGHT } from "./seed.ts";

export interface WorkerNight {
  /** From the transaction that asks for all nights to the end of the last one's run. */
  seconds: number;
  peakMemoryMb: number;
}

const LOOK_EVERY_MS = 50;

/** The night of all companies as operators run it: a scheduler and one worker, with the settings they come with. */
export async function generateByWorker(databaseUrl: string): Promise<WorkerNight> {
  const dataDir = await mkdtemp(join(tmpdir(), "nightledger-bench-data-"));
  const env = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    // The data ask for no mails; a worker wants to know a server all the same.
    SMTP_URL: "smtp://127.0.0.1:9",
  };
  const sql = openDatabase({ url: databaseUrl, connectionsMax: 1, applicationName: "bench" });
  const scheduler = await startProduct("scheduler", env);
  try {
    const worker = await startProduct("worker", env);
    try {
      const startedAt = performance.now();
      await askForNights(sql);
      while ((await countOpenNights(sql)) > 0) await delay(LOOK_EVERY_MS);
      const seconds = (performance.now() - startedAt) / 1000;
      return { seconds, peakMemoryMb: await worker.readPeakMemoryMb() };
    } finally {
      await worker.stop();
    }
  } finally {
    await scheduler.stop();
    await sql.end();
    await rm(dataDir, { recursive: true });
  }
}

async function askForNights(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await enqueueMany(
      tx,
      runNightJob,
      Array.from({ length: COMPANIES }, (_, index) => ({
        payload: {
          companyId: index + 1,
          businessDate: NIGHT.businessDate,
          dryRun: false,
          request: "bench",
        },
      })),
    );
  });
}

/** @throws Error when one did not end well */
async function countOpenNights(sql: Sql): Promise<number> {
  const [row] = await sql<{ open: number; failed: number }[]>`
    select
      count(*) filter (where status <> 'succeeded')::int as open,
      count(*) filter (where error_class is not null)::int as failed
    from job_runs
    where job = ${runNightJob.name}
  `;
  if (row!.failed > 0) throw new Error("a night did not end well");
  return row!.open;
}
