import { z } from "zod";
import { settleOpenPages } from "../../actions/open-stripe-pages.ts";
import { takeDueCheckouts } from "../../db/stripe-checkouts.ts";
import { defineJob, done } from "../define-job.ts";
import { enqueueDue } from "../enqueue-due.ts";
import { checkCheckout } from "./check-checkout.ts";

/** Asks for the looks at pages that are due, and closes the items about pages that are over. */
export const checkCheckouts = defineJob({
  name: "stripe.check-checkouts-due",
  queue: "default",
  payload: z.object({}),
  retry: { attempts: 3, delayMsFirst: 1_000, delayMsMax: 60_000 },
  timeoutMs: 120_000,
  schedule: { everyMs: 60_000 },

  async run(ctx) {
    await settleOpenPages(ctx.sql);
    return done({ checks: await enqueueDue(ctx, checkCheckout, takeDueCheckouts) });
  },
});
