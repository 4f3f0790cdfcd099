import { z } from "zod";
import { endCheckout, findCheckout, type CheckoutRow } from "../../db/stripe-checkouts.ts";
import { defineJob, done, skipped, type JobContext, type Outcome } from "../define-job.ts";
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
    const checkout = await findLive(ctx, checkoutId);
    if ("kind" in checkout) return checkout;
    const { account, session } = checkout;
    const result = await syncPage(ctx, stripe, { companyId, account }, session);
    return done({ result });
  }),

  async whenNotConnected(ctx, { checkoutId }) {
    const checkout = await findLive(ctx, checkoutId);
    return "kind" in checkout ? checkout : skipped("Stripe is not connected");
  },
});

/** A page that may still be paid on, or was, and nobody has said so; or how the look ends without one. */
async function findLive(
  { sql, clock }: JobContext,
  checkoutId: number,
): Promise<(CheckoutRow & { session: string }) | Outcome> {
  const checkout = await findCheckout(sql, checkoutId);
  if (checkout === undefined) return skipped("it is gone");
  if (checkout.status === "paid" || checkout.status === "over") {
    return skipped(`it is ${checkout.status}`);
  }
  const now = clock.now();
  // Nobody was ever told the address of a page that has no name here.
  const { session, createdAt } = checkout;
  const isTooOld = now.getTime() - createdAt.getTime() > WAITED_MS_MAX;
  if (session !== null && !isTooOld) return { ...checkout, session };
  await endCheckout(sql, checkout, { status: "over", now });
  return done({ result: "given up" });
}
