import { countAllOpenAttention } from "../db/console.ts";
import { raiseAttention, settleAttention } from "../db/attention.ts";
import type { Sql } from "../db/client.ts";
import { measureOutbox } from "../db/event-outbox.ts";
import { countFeed } from "../db/run-feed.ts";
import { findHandedRuns, reclaimExpiredRuns, redeliver, repairFeed } from "../db/run-recovery.ts";
import { pruneRunWatches } from "../db/run-watches.ts";
import type { Log } from "../platform/log.ts";
import type { QueueBackend } from "../queue/backend.ts";
import { runQueues } from "../queue/names.ts";
import type { RuntimeMetrics } from "./metrics.ts";
import type { SchedulerSettings } from "./settings.ts";

export interface Reconciliation {
  sql: Sql;
  backend: QueueBackend;
  log: Log;
  metrics: RuntimeMetrics;
  settings: Pick<SchedulerSettings, "deliveryOverdueMs" | "crashesMax" | "lateMs">;
}

const BATCH_SIZE = 500;
/** States without runs are reported as 0, or the last value would stand for ever. */
const FEED_STATES = ["later", "waiting", "handed"];

/** Gives runs of workers that fell silent to others. */
export async function reclaimLostLeases({
  sql,
  log,
  metrics,
  settings,
}: Reconciliation): Promise<void> {
  const reclaimed = await reclaimExpiredRuns(sql, {
    crashesMax: settings.crashesMax,
    limit: BATCH_SIZE,
  });
  if (reclaimed.length === 0) return;
  metrics.recovered("lease", reclaimed.length);
  log.warn({ count: reclaimed.length, runs: reclaimed.slice(0, 10) }, "a worker lost its runs");
}

/** Delivers runs again that the queue was given and has not any more. */
export async function redeliverLostRuns(reconciliation: Reconciliation): Promise<void> {
  const { sql, backend, log, metrics, settings } = reconciliation;
  const overdue = await findHandedRuns(sql, {
    olderThanMs: settings.deliveryOverdueMs,
    limit: BATCH_SIZE,
  });
  for (const queue of runQueues) {
    const handed = overdue.filter((run) => run.queue === queue);
    if (handed.length === 0) continue;
    const lost = await backend.findLost(queue, handed);
    const count = lost.length === 0 ? 0 : await redeliver(sql, lost);
    if (count === 0) continue;
    metrics.recovered("delivery", count);
    log.warn({ queue, count }, "the queue lost runs, they are delivered again");
  }
}

/** Mends what our own statements cannot have broken. */
export async function repairLedger({ sql, log, metrics }: Reconciliation): Promise<void> {
  await pruneRunWatches(sql);
  const count = await repairFeed(sql, BATCH_SIZE);
  if (count === 0) return;
  metrics.recovered("feed", count);
  log.error({ count }, "feed and ledger disagreed, the feed was mended");
}

/** Reports what is on its way, and raises an item while events wait too long to be followed. */
export async function measure({ sql, log, metrics, settings }: Reconciliation): Promise<void> {
  const counts = await countFeed(sql);
  for (const queue of runQueues) {
    for (const state of FEED_STATES) {
      const row = counts.find((each) => each.queue === queue && each.state === state);
      metrics.feed(queue, state, row?.count ?? 0, row?.oldestSeconds ?? 0);
    }
  }
  const open = await countAllOpenAttention(sql);
  metrics.attention("companies", open.ofCompanies);
  metrics.attention("platform", open.ofPlatform);
  const outbox = await measureOutbox(sql);
  metrics.outbox(outbox.count, outbox.oldestSeconds);
  const item = { companyId: null, kind: "outbox.stuck", key: "event_outbox" };
  if (outbox.oldestSeconds * 1_000 > settings.lateMs) {
    log.error(outbox, "events are not being followed");
    await raiseAttention(sql, {
      ...item,
      title: "Events are not being followed",
      detail: `${outbox.count} events wait, the oldest for ${Math.round(outbox.oldestSeconds)} s`,
    });
  } else {
    await settleAttention(sql, { ...item, resolution: "events are followed again" });
  }
}
