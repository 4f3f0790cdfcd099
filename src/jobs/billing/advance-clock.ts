import { z } from "zod";
import { latestNight, nextNight, type Night } from "../../billing/nights.ts";
import { findNightOfDate } from "../../db/billing-nights.ts";
import type { Tx } from "../../db/client.ts";
import { countUnsettledRuns, wakeSnoozedRuns } from "../../db/run-settling.ts";
import {
  endTestAdvance,
  getTestClock,
  setTestNow,
  type TestClockRow,
} from "../../db/test-clocks.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done, skipped, snoozed, type JobContext, type Outcome } from "../define-job.ts";
import { runNight } from "./night.ts";

/** How often to look whether a company's work has settled: first and last interval, milliseconds. */
const LOOK_MS_FIRST = 2;
const LOOK_MS_MAX = 50;
/** After so long this run steps back, so that what it waits for is never behind it in its own queue. */
const PATIENCE_MS = 5_000;

/**
 * Advances a test company's clock and runs every night in between, in order. Before the clock moves
 * on, all work of the company that can run now has run, so that a mail is sent on its own day. Killed
 * anywhere, it goes on where the clock stands.
 */
export const advanceClock = defineJob({
  name: "clock.advance",
  queue: "nights",
  payload: z.object({ companyId: z.int(), to: z.iso.datetime(), request: z.string() }),
  retry: { attempts: 20, delayMsFirst: 500, delayMsMax: 60_000 },
  timeoutMs: 4 * 3_600_000,
  idempotencyKey: ({ companyId, request }) => `${companyId}/${request}`,

  async run(ctx, { companyId, to: toText }) {
    const to = new Date(toText);
    const clock = await getTestClock(ctx.sql, companyId);
    if (clock.testNow === null) return skipped("the company has no test clock");
    // Two at once would wait for each other to settle, for ever: the one asked for last goes on.
    if (clock.testRunId !== ctx.run.id) return skipped("another run moves the clock since");
    return await advance(ctx, { ...clock, testNow: clock.testNow }, to);
  },
});

async function advance(
  ctx: JobContext,
  clock: TestClockRow & { testNow: Date },
  to: Date,
): Promise<Outcome> {
  const { companyId } = clock;
  const busy = snoozed(250, "the company still has work to do at its present time");
  if (!(await settles(ctx, companyId))) return busy;

  // A worker may have died after it moved the clock to a night and before that night was over.
  let night = latestNight(clock, clock.testNow);
  if (night.at.getTime() !== clock.testNow.getTime() || (await isOver(ctx, companyId, night))) {
    night = nextNight(clock, clock.testNow);
  }
  let nights = 0;
  while (night.at.getTime() <= to.getTime()) {
    ctx.signal.throwIfAborted();
    const { at, businessDate } = night;
    await inTransaction(ctx.sql, (tx) => moveTo(tx, companyId, at));
    await runNight(ctx, { companyId, businessDate });
    nights += 1;
    ctx.progress({ business_date: businessDate, nights });
    if (!(await settles(ctx, companyId))) return busy;
    // Read again: somebody may have changed the billing hour in the meantime.
    night = nextNight(await getTestClock(ctx.sql, companyId), at);
  }
  await inTransaction(ctx.sql, async (tx) => {
    await moveTo(tx, companyId, to);
    await endTestAdvance(tx, companyId);
  });
  return done({ now: to.toISOString(), nights });
}

/** What waits for its time, such as a reminder for its day, looks again whether that has come. */
async function moveTo(tx: Tx, companyId: number, now: Date): Promise<void> {
  await setTestNow(tx, companyId, now);
  await wakeSnoozedRuns(tx, companyId);
}

async function isOver(ctx: JobContext, companyId: number, night: Night): Promise<boolean> {
  const { businessDate } = night;
  const found = await findNightOfDate(ctx.sql, { companyId, businessDate });
  return found?.status === "completed" || found?.status === "held";
}

/** Whether all of the company's work that can run now has run; what waits for a retry does not count. */
async function settles({ sql, signal, run }: JobContext, companyId: number): Promise<boolean> {
  let waitedMs = 0;
  let waitMs = LOOK_MS_FIRST;
  while ((await countUnsettledRuns(sql, { companyId, exceptRunId: run.id })) > 0) {
    signal.throwIfAborted();
    if (waitedMs > PATIENCE_MS) return false;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    waitedMs += waitMs;
    waitMs = Math.min(waitMs * 2, LOOK_MS_MAX);
  }
  return true;
}
