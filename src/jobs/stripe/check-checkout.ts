import { z } from "zod";
import { endCheckout, findCheckout } from "../../db/stripe-checkouts.ts";
import { defineJob, done, skipped } from "../define-job.ts";
import { whenStripe } from "./account.ts";
import { syncPage } from "./sync.ts";

/** A page that nobody was told the end of for so long has none, in milliseconds: three weeks. */
const WAITED_MS_MAX = 21 * 86_400_000;

/**
 * Looks what has become of a page, should no webhook have said so: a payment is recorded also where
 * none arrives.
 */
export const checkCheckout = defineJob({
  name: "stripe.check-checkout",
  provider: "stripe",
  queue: "default",
  payload: z.object({ companyId: z.int(), checkoutId: z.int(), check: z.int() }),
  // The next look comes anyway.
  retry: { attempts: 3, delayMsFirst: 10_000, delayMsMax: 60_000 },
  timeoutMs: 90_000,
  idempotencyKey: ({ companyId, checkoutId, check }) => `${companyId}/${checkoutId}/${check}`,

  run: whenStripe(async (ctx, stripe, { companyId, checkoutId }) => {
    const checkout = await findCheckout(ctx.sql, { companyId, id: checkoutId });
    if (checkout === undefined) return skipped("it is another company's by now");
    if (checkout.status === "paid" || checkout.status === "over") {
      return skipped(`it is ${checkout.status}`);
    }
    const now = ctx.clock.now();
    // Nobody was ever told the address of a page that has no name here.
    const { account, session, createdAt } = checkout;
    const isTooOld = now.getTime() - createdAt.getTime() > WAITED_MS_MAX;
    if (session === null || isTooOld) {
      await endCheckout(ctx.sql, checkout, { status: "over", now });
      return done({ result: "given up" });
    }
    const result = await syncPage(ctx, stripe, { companyId, account }, session);
    return done({ result });
  }),
});
