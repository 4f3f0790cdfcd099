import { setTimeout as delay } from "node:timers/promises";
import { requireAdvance } from "../../actions/require-advance.ts";
import type { Platform } from "../../bootstrap.ts";
import { getTestClock, setTestAdvance } from "../../db/test-clocks.ts";
import { isRunSettled } from "../../db/run-settling.ts";
import { getRun } from "../../db/runs.ts";
import { inTransaction } from "../../db/transaction.ts";
import { advanceClock } from "../../jobs/billing/advance-clock.ts";
import { enqueue } from "../../queue/enqueue.ts";

/** How often to look whether the run is over, in milliseconds. */
const LOOK_MS = 4;

/**
 * Advances the company's clock as `POST /test-clock/advance` does, and waits until the nights in
 * between have run. Asked again after a crash it finds the run that is there.
 */
export async function advanceTo(platform: Platform, companyId: number, to: Date): Promise<void> {
  const { sql } = platform;
  const { testNow, testRunId } = await getTestClock(sql, companyId);
  // Left behind by a start that was killed; it goes on by itself.
  if (testRunId !== null && !(await isRunSettled(sql, testRunId)))
    await untilOver(platform, testRunId);
  if (testNow !== null && testNow >= to) return;
  const { runId } = await inTransaction(sql, async (tx) => {
    await requireAdvance(tx, { companyId, to });
    const run = await enqueue(tx, advanceClock, {
      companyId,
      to: to.toISOString(),
      request: `demo-${to.toISOString()}`,
    });
    await setTestAdvance(tx, companyId, { to, runId: run.runId });
    return run;
  });
  await untilOver(platform, runId);
}

async function untilOver({ sql }: Platform, runId: string): Promise<void> {
  for (;;) {
    const run = await getRun(sql, { id: runId });
    switch (run.status) {
      case "succeeded":
      case "skipped":
        return;
      case "dead":
      case "cancelled":
      case "held":
        throw new Error(
          `The clock could not be advanced: run ${runId} is ${run.status} (${run.errorMessage ?? run.reason ?? "no reason"}).`,
        );
      case "queued":
      case "running":
      case "retrying":
        await delay(LOOK_MS);
    }
  }
}
