import { z } from "zod";
import { planDueNights } from "../../actions/plan-due-nights.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done } from "../define-job.ts";
import { runNightJob } from "./run-night.ts";

/** Companies planned in one transaction. */
const COMPANIES_PER_CHUNK = 200;

/**
 * Asks the database whose night is due and starts it. The tick is only a reason to ask: ticks that
 * came late, twice or not at all change nothing (cases B3, D3).
 */
export const startDueNights = defineJob({
  name: "night.start-due",
  queue: "default",
  payload: z.object({}),
  retry: { attempts: 5, delayMsFirst: 1_000, delayMsMax: 15_000 },
  timeoutMs: 300_000,
  schedule: { everyMs: 15_000 },

  async run({ sql, clock, signal, enqueue }) {
    let started = 0;
    for (;;) {
      signal.throwIfAborted();
      const nights = await inTransaction(sql, async (tx) => {
        const due = await planDueNights(tx, { now: clock.now(), limit: COMPANIES_PER_CHUNK });
        for (const night of due) {
          await enqueue(tx, runNightJob, { ...night, dryRun: false, request: "schedule" });
        }
        return due;
      });
      started += nights.length;
      if (nights.length < COMPANIES_PER_CHUNK) return done({ started });
    }
  },
});
