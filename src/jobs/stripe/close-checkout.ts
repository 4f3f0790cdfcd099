import { z } from "zod";
import { isRightAmount } from "../../actions/prepare-checkout.ts";
import { findCheckout, listStaleCheckouts } from "../../db/stripe-checkouts.ts";
import { defineJob, done, skipped } from "../define-job.ts";
import { OTHER_ACCOUNT, whenStripe } from "./account.ts";
import { closePage } from "./sync.ts";

/**
 * Closes a page that asks for what is not to be paid any more: the invoice was paid in another way,
 * voided or changed. Without it a client could pay twice.
 */
export const closeCheckout = defineJob({
  name: "stripe.close-checkout",
  provider: "stripe",
  queue: "default",
  payload: z.object({ companyId: z.int(), checkoutId: z.int(), eventId: z.int() }),
  retry: { attempts: 12, delayMsFirst: 2_000, delayMsMax: 3_600_000 },
  timeoutMs: 60_000,
  idempotencyKey: ({ companyId, checkoutId, eventId }) => `${companyId}/${checkoutId}/${eventId}`,
  follows: {
    types: [
      "invoice.updated",
      "invoice.voided",
      "invoice.deleted",
      "invoice.paid",
      "invoice.credit_applied",
      "payment.received",
      "payment.refunded",
      "payment.refund-failed",
      "payment.deleted",
    ],
    async targets(tx, eventIds) {
      const rows = await listStaleCheckouts(tx, eventIds);
      return rows.map(({ eventId, companyId, checkoutId }) => ({
        eventId,
        companyId,
        target: checkoutId,
        payload: { companyId, checkoutId, eventId },
      }));
    },
  },

  run: whenStripe(async (ctx, stripe, { companyId, checkoutId }) => {
    const checkout = await findCheckout(ctx.sql, checkoutId);
    if (checkout?.status !== "open" || checkout.session === null) return skipped("it is not open");
    if (await isRightAmount(ctx.sql, checkout)) return skipped("it asks for what is to be paid");
    const { account, session } = checkout;
    const page = { companyId: checkout.companyId, id: checkout.id, session };
    const result = await closePage(ctx, stripe, { companyId, account }, page);
    return result === OTHER_ACCOUNT ? skipped(result) : done({ result });
  }),
});
