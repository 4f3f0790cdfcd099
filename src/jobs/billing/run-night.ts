import { z } from "zod";
import { isLocalDate, localDateOf } from "../../billing/dates.ts";
import { COMING_NIGHT } from "../../billing/nights.ts";
import { getNightCompany } from "../../db/night-companies.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done, skipped } from "../define-job.ts";
import { assistNight } from "./assist-night.ts";
import { previewNight, runNight, whyHeld } from "./night.ts";

/** Due series beyond which another worker is asked to help, and how many are at the most. */
const SERIES_PER_HELPER = 5_000;
const HELPERS_MAX = 3;

/** Runs, or previews, the night of one company and business date. */
export const runNightJob = defineJob({
  name: "night.run",
  queue: "nights",
  payload: z.object({
    companyId: z.int(),
    businessDate: z.string().refine(isLocalDate),
    dryRun: z.boolean().default(false),
    /** Tells apart the times somebody asked for the same night; the scheduler asks once. */
    request: z.string().default("schedule"),
  }),
  retry: { attempts: 20, delayMsFirst: 1_000, delayMsMax: 600_000 },
  timeoutMs: 4 * 3_600_000,
  idempotencyKey: ({ companyId, businessDate, request }) =>
    `${companyId}/${businessDate}/${request}`,

  async run(ctx, { companyId, businessDate, dryRun, request }) {
    const { testNow, timezone } = await getNightCompany(ctx.sql, companyId);
    // Planned before it became a test company, whose nights come with its clock.
    if (request === "schedule" && testNow !== null) {
      return skipped("the company lives at a test clock now");
    }
    const deps = { sql: ctx.sql, clock: ctx.clock, signal: ctx.signal, progress: ctx.progress };
    if (dryRun) {
      const report = await previewNight(deps, { companyId, businessDate });
      const reason = await whyHeld(deps, { companyId, businessDate }, report);
      const status = reason === undefined ? "previewed" : "held";
      const isComing = businessDate > localDateOf(testNow ?? ctx.clock.now(), timezone);
      return done({
        business_date: businessDate,
        dry_run: true,
        status,
        reason,
        ...(isComing && { note: COMING_NIGHT }),
        report,
      });
    }

    // A big company's night is shared: helpers claim chunks of the same series beside this run.
    const onGenerating = async (dueSeries: number) => {
      const helpers = Math.min(HELPERS_MAX, Math.floor(dueSeries / SERIES_PER_HELPER));
      await inTransaction(ctx.sql, async (tx) => {
        for (let helper = 1; helper <= helpers; helper += 1) {
          await ctx.enqueue(tx, assistNight, {
            companyId,
            businessDate,
            request: `${ctx.run.id}/${ctx.run.attempt}/${helper}`,
          });
        }
      });
    };
    const outcome = await runNight(
      { ...deps, onGenerating },
      { companyId, businessDate, runId: ctx.run.id },
    );
    return done({ business_date: businessDate, dry_run: false, ...outcome });
  },
});
