import { z } from "zod";
import { planDueNights } from "../../actions/plan-due-nights.ts";
import { defineJob, done } from "../define-job.ts";
import { enqueueDue } from "../enqueue-due.ts";
import { runNightJob } from "./run-night.ts";

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

  async run(ctx) {
    const started = await enqueueDue(ctx, runNightJob, async (tx, due) => {
      const nights = await planDueNights(tx, due);
      return nights.map((night) => ({ ...night, dryRun: false, request: "schedule" }));
    });
    return done({ started });
  },
});
