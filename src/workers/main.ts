import type { Platform } from "../bootstrap.ts";
import type { Connectors } from "../connectors/contract.ts";
import { jobs } from "../jobs/index.ts";
import { startScheduler, type RunningScheduler } from "./scheduler.ts";
import { schedulerDefaults } from "./settings.ts";
import { startWorker, type RunningWorker } from "./worker.ts";

/** Starts what executes runs, as the settings say. */
export async function startOurWorker(
  platform: Platform,
  connectors: Connectors,
): Promise<RunningWorker> {
  const { config } = platform;
  return await startWorker({
    ...partsOf(platform),
    connectors,
    storage: platform.storage,
    settings: {
      concurrency: config.concurrency,
      leaseMs: config.leaseMs,
      heartbeatMs: config.heartbeatMs,
      // The rest of the window is for closing what the worker stands on.
      stopWindowMs: Math.floor(config.shutdownWindowMs * 0.8),
    },
  });
}

/** Starts what brings work to the workers: relay, schedules, reconciler, retention. */
export async function startOurScheduler(platform: Platform): Promise<RunningScheduler> {
  const { retention } = platform.config;
  return await startScheduler({
    ...partsOf(platform),
    settings: {
      retention: { ...schedulerDefaults.retention, ...retention },
    },
  });
}

function partsOf({ sql, queueUrl, queuePrefix, clock, log, metrics }: Platform) {
  return { sql, queueUrl, queuePrefix, clock, log, metrics, jobs };
}
