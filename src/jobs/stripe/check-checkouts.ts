import { z } from "zod";
import { takeDueCheckouts } from "../../db/stripe-checkouts.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done } from "../define-job.ts";
import { checkCheckout } from "./check-checkout.ts";

const PAGES_PER_CHUNK = 200;

/** Asks for the looks at pages that are due. */
export const checkCheckouts = defineJob({
  name: "stripe.check-checkouts-due",
  queue: "default",
  payload: z.object({}),
  retry: { attempts: 3, delayMsFirst: 1_000, delayMsMax: 60_000 },
  timeoutMs: 120_000,
  schedule: { everyMs: 60_000 },

  async run({ sql, clock, signal, enqueue }) {
    let checks = 0;
    for (;;) {
      signal.throwIfAborted();
      const due = await inTransaction(sql, async (tx) => {
        const taken = await takeDueCheckouts(tx, { now: clock.now(), limit: PAGES_PER_CHUNK });
        for (const each of taken) await enqueue(tx, checkCheckout, each);
        return taken.length;
      });
      checks += due;
      if (due < PAGES_PER_CHUNK) return done({ checks });
    }
  },
});
