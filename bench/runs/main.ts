import { startRedis } from "../../test/support/redis.ts";
import { median, printFigure, quantile, round, tell } from "../report.ts";
import type { BenchServer } from "../server.ts";
import { createBullmq } from "./bullmq.ts";
import type { Contender } from "./contender.ts";
import { graphileWorker } from "./graphile-worker.ts";
import {
  measureLatencies,
  measureThroughput,
  type Enqueueing,
  type Surroundings,
} from "./measure.ts";
import { createOurs } from "./ours.ts";
import { pgBoss } from "./pg-boss.ts";

export interface RunsOptions {
  jobs: number;
  repetitions: number;
}

const CONCURRENCY = 10;
const CONTENDERS: readonly Contender[] = [
  createOurs("postgres"),
  createOurs("redis"),
  createBullmq("postgres"),
  createBullmq("redis"),
  graphileWorker,
  pgBoss,
];
const ENQUEUEINGS: Readonly<Record<string, Enqueueing>> = {
  "bulk-of-100": { producers: 1, jobsPerTransaction: 100 },
  "one-by-one": { producers: 10, jobsPerTransaction: 1 },
};
const COMPARISONS = [
  { ours: "nightledger-postgres", peer: "bullmq-postgres", atLeast: 0.4 },
  { ours: "nightledger-redis", peer: "graphile-worker", atLeast: 0.6 },
] as const;

const LATENCY = { jobs: 500, perSecond: 100 };
const LATENCY_CONTENDERS = CONTENDERS.filter(({ name }) => name !== "pg-boss");

/** All figures of the runtime: no-op runs a second, and how long one waits for its start. */
export async function benchRuns(server: BenchServer, options: RunsOptions): Promise<void> {
  const redis = await startRedis();
  const surroundings = { server, redisUrl: redis.url, concurrency: CONCURRENCY };
  try {
    for (const [name, enqueueing] of Object.entries(ENQUEUEINGS)) {
      await compareThroughput(surroundings, { ...options, name, enqueueing });
    }
    for (const contender of LATENCY_CONTENDERS) await measureStart(surroundings, contender);
  } finally {
    await redis.stop();
  }
}

async function compareThroughput(
  surroundings: Surroundings,
  { jobs, repetitions, name, enqueueing }: RunsOptions & { name: string; enqueueing: Enqueueing },
): Promise<void> {
  const rates: Record<string, number[]> = {};
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const contender of CONTENDERS) {
      const rate = await measureThroughput(contender, surroundings, { jobs, enqueueing });
      tell(`${name}, ${contender.name}: ${round(rate)} a second`);
      (rates[contender.name] ??= []).push(rate);
    }
  }
  const perSecond = Object.fromEntries(
    CONTENDERS.map((contender) => [contender.name, rates[contender.name]!.map(round)]),
  );
  const settings = {
    jobs,
    repetitions,
    ...enqueueing,
    concurrency: CONCURRENCY,
    order: "by turns, each in a database of its own; producer and worker in one process",
    measured: "from the first transaction to the end of the last job, after a warm-up",
    contenders: Object.fromEntries(
      CONTENDERS.map((contender) => [contender.name, contender.settings]),
    ),
    postgres: surroundings.server.settings,
  };
  for (const { ours, peer, atLeast } of COMPARISONS) {
    printFigure({
      name: `runs.${ours}-to-${peer}.${name}`,
      value: median(rates[ours]!) / median(rates[peer]!),
      unit: "ratio",
      target: { atLeast },
      sides: {
        oursPerSecond: perSecond[ours],
        peerPerSecond: perSecond[peer],
        allPerSecond: perSecond,
      },
      settings,
    });
  }
}

async function measureStart(surroundings: Surroundings, contender: Contender): Promise<void> {
  const latencies = await measureLatencies(contender, surroundings, LATENCY);
  const isOurs = contender.name.startsWith("nightledger");
  const quantiles = { p50: 0.5, p99: 0.99 };
  const targets = { p50: 10, p99: 50 };
  for (const name of ["p50", "p99"] as const) {
    printFigure({
      name: `runs.commit-to-start.${contender.name}.${name}`,
      value: quantile(latencies, quantiles[name]),
      unit: "ms",
      target: isOurs ? { under: targets[name] } : null,
      sides: {
        p50: round(quantile(latencies, 0.5)),
        p90: round(quantile(latencies, 0.9)),
        p99: round(quantile(latencies, 0.99)),
        max: round(Math.max(...latencies)),
      },
      settings: {
        ...LATENCY,
        jobsPerTransaction: 1,
        concurrency: CONCURRENCY,
        contender: contender.settings,
        postgres: surroundings.server.settings,
      },
    });
  }
}
