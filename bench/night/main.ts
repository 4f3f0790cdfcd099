import { openDatabase } from "../../src/db/client.ts";
import { startRedis } from "../../test/support/redis.ts";
import { buildProduct } from "../product.ts";
import { median, printFigure, round, tell } from "../report.ts";
import type { BenchServer } from "../server.ts";
import { measureDirect } from "./direct.ts";
import { generateByJobs } from "./job-per-invoice.ts";
import { NIGHT_DATA } from "./seed.ts";
import { onCopy, withConnection, withSeededDatabase } from "./seeded.ts";
import { sumNight } from "./sums.ts";
import { generateByWorker, type WorkerNight } from "./through-workers.ts";

export interface NightOptions {
  /** Due series, the small book and the large one. */
  series: readonly [number, number];
  /** Invoices the BullMQ peer makes. */
  jobSeries: number;
  repetitions: number;
}

const JOB_CONCURRENCY = 10;

/** All figures of the night. */
export async function benchNight(server: BenchServer, options: NightOptions): Promise<void> {
  const { series: sizes, repetitions } = options;
  buildProduct();
  const direct: Record<number, number>[] = [];
  const workers: WorkerNight[] = [];
  for (const series of sizes) {
    await withSeededDatabase(server, series, async (template) => {
      const seconds: Record<number, number> = {};
      for (const connections of [1, 2]) {
        const settings = { series, connections, repetitions };
        seconds[connections] = await measureDirect(server, template, settings);
      }
      direct.push(seconds);
      workers.push(await measureWorker(server, template, series, repetitions));
    });
  }
  const [small, large] = workers as [WorkerNight, WorkerNight];
  const settings = { series: sizes, repetitions, data: NIGHT_DATA, postgres: server.settings };
  printFigure({
    name: "night.worker-memory",
    value: large.peakMemoryMb,
    unit: "MB",
    target: { under: 250 },
    sides: { peakMb: workers.map((night) => round(night.peakMemoryMb)) },
    settings: { ...settings, measured: "VmHWM of the worker process, the most of all repetitions" },
  });
  printFigure({
    name: "night.worker-memory-growth",
    value: large.peakMemoryMb / small.peakMemoryMb,
    unit: "ratio",
    target: { atMost: 1.2 },
    sides: { peakMb: workers.map((night) => round(night.peakMemoryMb)) },
    settings,
  });
  const growths: [string, number[]][] = [
    ["1-connections", direct.map((seconds) => seconds[1]!)],
    ["2-connections", direct.map((seconds) => seconds[2]!)],
    ["worker", workers.map((night) => night.seconds)],
  ];
  for (const [name, seconds] of growths) {
    printFigure({
      name: `night.time-growth.${name}`,
      value: seconds[1]! / seconds[0]!,
      unit: "ratio",
      target: { atMost: 5.5 },
      sides: { seconds: seconds.map(round) },
      settings,
    });
  }
  await measureJobs(server, options, {
    oneConnection: sizes[1] / direct[1]![1]!,
    twoConnections: sizes[1] / direct[1]![2]!,
    worker: sizes[1] / large.seconds,
  });
}

async function measureWorker(
  server: BenchServer,
  template: string,
  series: number,
  repetitions: number,
): Promise<WorkerNight> {
  const nights: WorkerNight[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const night = await onCopy(server, template, async (url) => {
      const measured = await generateByWorker(url);
      const sums = await withConnection(url, sumNight);
      if (sums.invoices !== series || sums.lines !== 3 * series || sums.movedOn !== series) {
        throw new Error(`the worker's night is incomplete: ${JSON.stringify(sums)}`);
      }
      return measured;
    });
    tell(`${series} series, worker: ${round(night.seconds)} s, ${round(night.peakMemoryMb)} MB`);
    nights.push(night);
  }
  const seconds = nights.map((night) => night.seconds);
  printFigure({
    name: `night.worker.${series}`,
    value: series / median(seconds),
    unit: "invoices/s",
    target: null,
    sides: {
      seconds: seconds.map(round),
      peakMb: nights.map((night) => round(night.peakMemoryMb)),
    },
    settings: {
      series,
      repetitions,
      how: "enqueued in one transaction, then queue, one worker process (2 nights at once) and one scheduler process that follows the events meanwhile",
      queue: "PostgreSQL",
      data: NIGHT_DATA,
      postgres: server.settings,
    },
  });
  return {
    seconds: median(seconds),
    peakMemoryMb: Math.max(...nights.map((night) => night.peakMemoryMb)),
  };
}

async function measureJobs(
  server: BenchServer,
  { jobSeries, repetitions }: NightOptions,
  oursPerSecond: Record<"oneConnection" | "twoConnections" | "worker", number>,
): Promise<void> {
  const seconds: number[] = [];
  const redis = await startRedis();
  try {
    await withSeededDatabase(server, jobSeries, async (template) => {
      for (let repetition = 0; repetition < repetitions; repetition += 1) {
        await onCopy(server, template, async (url) => {
          const took = await jobsOn(url, redis.url, jobSeries);
          tell(`${jobSeries} series, one BullMQ job each: ${round(took)} s`);
          seconds.push(took);
        });
      }
    });
  } finally {
    await redis.stop();
  }
  const jobsPerSecond = jobSeries / median(seconds);
  for (const [name, perSecond] of Object.entries(oursPerSecond)) {
    printFigure({
      name: `night.multiple-of-job-per-invoice.${name}`,
      value: perSecond / jobsPerSecond,
      unit: "ratio",
      target: { atLeast: 8 },
      sides: {
        oursPerSecond: round(perSecond),
        jobsPerSecond: round(jobsPerSecond),
        jobsSeconds: seconds.map(round),
      },
      settings: {
        peer: `bullmq 6.7.0 on Redis, one job per invoice, one transaction of 8 statements, concurrency ${JOB_CONCURRENCY} on ${JOB_CONCURRENCY} connections, enqueueing included`,
        peerSeries: jobSeries,
        peerLeavesOut: "the companies' nights and their summary events",
        repetitions,
        data: NIGHT_DATA,
        postgres: server.settings,
      },
    });
  }
}

/** @throws Error when the peer did not write what our night writes */
async function jobsOn(url: string, redisUrl: string, series: number): Promise<number> {
  const sql = openDatabase({
    url,
    connectionsMax: JOB_CONCURRENCY,
    applicationName: "bench-jobs",
  });
  try {
    const took = await generateByJobs(sql, { redisUrl, concurrency: JOB_CONCURRENCY });
    const sums = await sumNight(sql);
    if (sums.lines !== 3 * series || sums.movedOn !== series || sums.posted !== series) {
      throw new Error(`the peer's night is incomplete: ${JSON.stringify(sums)}`);
    }
    return took;
  } finally {
    await sql.end();
  }
}
