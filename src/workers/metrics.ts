import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { RunStatus } from "../db/run-ledger.ts";

/** What the runtime tells Prometheus. */
export interface RuntimeMetrics {
  /** From being due to starting, in seconds. */
  runStarted(queue: string, waitedSeconds: number): void;
  /** `status` is what became of the run, or "lost". */
  runEnded(run: { job: string; queue: string }, status: RunStatus | "lost", seconds: number): void;
  feed(queue: string, state: string, count: number, oldestSeconds: number): void;
  outbox(count: number, oldestSeconds: number): void;
  attention(of: "companies" | "platform", count: number): void;
  scheduleMissed(name: string): void;
  recovered(what: "lease" | "delivery" | "feed", count: number): void;
}

/** Registers the runtime's metrics; once per registry. */
export function createRuntimeMetrics(registry: Registry): RuntimeMetrics {
  const registers = [registry];
  const waited = new Histogram({
    name: "nightledger_run_wait_seconds",
    help: "From the time a run was due to its start.",
    labelNames: ["queue"],
    buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600],
    registers,
  });
  const lasted = new Histogram({
    name: "nightledger_run_seconds",
    help: "How long an attempt took.",
    labelNames: ["job"],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600, 3_600],
    registers,
  });
  const ended = new Counter({
    name: "nightledger_runs_total",
    help: "Attempts that ended, by what became of the run.",
    labelNames: ["job", "queue", "status"],
    registers,
  });
  const feed = new Gauge({
    name: "nightledger_feed_runs",
    help: "Runs on their way to a worker: later, waiting for their turn, or handed to the queue.",
    labelNames: ["queue", "state"],
    registers,
  });
  const feedAge = new Gauge({
    name: "nightledger_feed_oldest_seconds",
    help: "How long the first of them has been due.",
    labelNames: ["queue", "state"],
    registers,
  });
  const outbox = new Gauge({
    name: "nightledger_outbox_events",
    help: "Events that nobody has followed yet.",
    registers,
  });
  const outboxAge = new Gauge({
    name: "nightledger_outbox_oldest_seconds",
    help: "How long the oldest of them has waited.",
    registers,
  });
  const attention = new Gauge({
    name: "nightledger_attention_open",
    help: "Open attention items, of companies and of the platform itself.",
    labelNames: ["of"],
    registers,
  });
  const missed = new Counter({
    name: "nightledger_schedule_missed_total",
    help: "Ticks that came late, because no alarm rang.",
    labelNames: ["schedule"],
    registers,
  });
  const recovered = new Counter({
    name: "nightledger_recovered_total",
    help: "Leases, deliveries and feed rows that the reconciler had to mend.",
    labelNames: ["what"],
    registers,
  });
  return {
    runStarted: (queue, seconds) => waited.observe({ queue }, Math.max(0, seconds)),
    runEnded({ job, queue }, status, seconds) {
      lasted.observe({ job }, seconds);
      ended.inc({ job, queue, status });
    },
    feed(queue, state, count, oldestSeconds) {
      feed.set({ queue, state }, count);
      feedAge.set({ queue, state }, oldestSeconds);
    },
    outbox(count, oldestSeconds) {
      outbox.set(count);
      outboxAge.set(oldestSeconds);
    },
    attention: (of, count) => attention.set({ of }, count),
    scheduleMissed: (schedule) => missed.inc({ schedule }),
    recovered: (what, count) => recovered.inc({ what }, count),
  };
}
