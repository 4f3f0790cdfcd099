import { deleteUsageBefore } from "../db/api-usage.ts";
import { pruneBudgets } from "../db/budgets.ts";
import type { Sql } from "../db/client.ts";
import { deleteEventsBefore } from "../db/events.ts";
import {
  createRunPartition,
  dropEmptyRunPartitions,
  pruneRunKeys,
  pruneRuns,
} from "../db/run-retention.ts";
import { deleteRuleLogBefore } from "../db/rule-log.ts";
import { deleteWebhookDeliveriesBefore } from "../db/webhook-delivery-log.ts";
import type { Log } from "../platform/log.ts";
import type { RetentionSettings } from "./settings.ts";

const BATCH_SIZE = 1_000;
const DAY_MS = 86_400_000;
const MONTHS_AHEAD = 2;

/**
 * Makes the partitions of this month and the next two, and removes what is older than the settings say,
 * in small batches that get in nobody's way. Live and held runs stay, however old, and events that
 * somebody has still to follow.
 */
export async function retain(
  sql: Sql,
  { now, settings, log }: { now: Date; settings: RetentionSettings; log: Log },
): Promise<void> {
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1) {
    await createRunPartition(
      sql,
      new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)),
    );
  }
  await pruneBudgets(sql);
  const older = (days: number) => ({
    before: new Date(now.getTime() - days * DAY_MS),
    limit: BATCH_SIZE,
  });
  const { usageDays, eventDays, webhookDays } = settings;
  const pruned = {
    ended: await inBatches(() =>
      pruneRuns(sql, {
        statuses: ["succeeded", "skipped", "cancelled"],
        ...older(settings.endedDays),
      }),
    ),
    dead: await inBatches(() =>
      pruneRuns(sql, { statuses: ["dead"], ...older(settings.deadDays) }),
    ),
    keys: await inBatches(() => pruneRunKeys(sql, older(settings.keyDays))),
    ruleLog: await inBatches(() => deleteRuleLogBefore(sql, older(settings.endedDays))),
    uses: await inBatches(() => deleteUsageBefore(sql, older(usageDays))),
    webhookDeliveries: await inBatches(() =>
      deleteWebhookDeliveriesBefore(sql, older(webhookDays)),
    ),
    events:
      eventDays === null ? 0 : await inBatches(() => deleteEventsBefore(sql, older(eventDays))),
    partitions: await dropEmptyRunPartitions(sql, now),
  };
  if (Object.values(pruned).some((count) => count > 0)) log.info(pruned, "what is old was removed");
}

async function inBatches(prune: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await prune();
    total += count;
    if (count < BATCH_SIZE) return total;
  }
}
