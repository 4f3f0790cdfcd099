import { z } from "zod";
import { raiseAttention } from "../../db/attention.ts";
import { toStripeAmount } from "../../connectors/stripe/amounts.ts";
import type { StripeConnector } from "../../connectors/stripe/contract.ts";
import { getStripePayment, type StripePaymentRow } from "../../db/stripe-payments.ts";
import {
  getStripeRefund,
  updateStripeRefund,
  type StripeRefundRow,
} from "../../db/stripe-refunds.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ProviderRejected } from "../../errors.ts";
import { defineJob, done, skipped, snoozed, type JobContext } from "../define-job.ts";
import { OTHER_ACCOUNT, whenStripe, withAccount } from "./account.ts";
import { syncPayment } from "./sync.ts";

/** After so many attempts another key is used: Stripe answers with an error of its own for a day. */
const ATTEMPTS_PER_ROUND = 4;
/** How often a refund that is on its way is looked at, should no webhook tell of it, in milliseconds. */
const PENDING_MS = 6 * 3_600_000;

/**
 * Gives money back at Stripe that somebody asked for here. Looks first: an attempt before may have made
 * the refund and not heard of it. It is in the books once Stripe has confirmed it.
 */
export const sendStripeRefund = defineJob({
  name: "stripe.send-refund",
  provider: "stripe",
  queue: "default",
  payload: z.object({ companyId: z.int(), refundId: z.int() }),
  // The fifth attempt is minutes after the first: whatever that began is over, and can be seen.
  retry: { attempts: 16, delayMsFirst: 30_000, delayMsMax: 6 * 3_600_000 },
  timeoutMs: 90_000,
  idempotencyKey: ({ companyId, refundId }) => `${companyId}/${refundId}`,

  run: whenStripe(async (ctx, stripe, { companyId, refundId }) => {
    const key = { companyId, id: refundId };
    const { stripePaymentId } = await getStripeRefund(ctx.sql, key);
    const payment = await getStripePayment(ctx.sql, { companyId, id: stripePaymentId });
    const accountKey = { companyId, account: payment.account };
    const found = await syncPayment(ctx, stripe, accountKey, payment.paymentIntent);
    if (found === OTHER_ACCOUNT) return skipped(found);
    const before = await getStripeRefund(ctx.sql, key);
    if (before.status === "asked") {
      ctx.signal.throwIfAborted();
      const isSent = await send(ctx, stripe, { payment, refund: before });
      if (!isSent) return skipped(OTHER_ACCOUNT);
      await syncPayment(ctx, stripe, accountKey, payment.paymentIntent);
    }
    const { status, refund } = await getStripeRefund(ctx.sql, key);
    if (status === "pending") return snoozed(PENDING_MS, `${refund ?? "it"} is on its way`);
    return done({ refund, status });
  }),
});

/** False when another account is connected by now: then Stripe was not asked. */
async function send(
  ctx: JobContext,
  stripe: StripeConnector,
  { payment, refund }: { payment: StripePaymentRow; refund: StripeRefundRow },
): Promise<boolean> {
  const { companyId, account, paymentIntent, currency } = payment;
  const amount = toStripeAmount(refund.amount, currency);
  if (amount === undefined) throw new Error(`Stripe has no such amount of ${currency}`);
  const order = {
    requestId: refund.id,
    round: Math.floor((ctx.run.attempt - 1) / ATTEMPTS_PER_ROUND),
    paymentIntent,
    amount,
  };
  try {
    const isSent = await withAccount(ctx, { companyId, account }, async () => {
      await stripe.payments.requestRefund(account, order, ctx.signal);
      return true;
    });
    return isSent ?? false;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await refuse(ctx, { payment, refund }, error);
    return true;
  }
}

/** Stripe has understood, and says no; as against a key of ours that it does not take. */
function isRefusal(error: unknown): error is ProviderRejected {
  return (
    error instanceof ProviderRejected &&
    error.code !== "provider_key_refused" &&
    error.providerCode !== "idempotency_error"
  );
}

async function refuse(
  ctx: JobContext,
  { payment, refund }: { payment: StripePaymentRow; refund: StripeRefundRow },
  { message, providerCode }: ProviderRejected,
): Promise<void> {
  const { companyId } = payment;
  await inTransaction(ctx.sql, async (tx) => {
    await updateStripeRefund(tx, refund, {
      status: "refused",
      failure: providerCode ?? "refused",
      updatedAt: ctx.clock.now(),
    });
    await raiseAttention(tx, {
      companyId,
      kind: "stripe.refund-failed",
      key: `request ${refund.id}`,
      title: `Stripe refused to refund payment ${payment.paymentId ?? payment.paymentIntent}`,
      detail: message,
      runId: ctx.run.id,
    });
  });
}
