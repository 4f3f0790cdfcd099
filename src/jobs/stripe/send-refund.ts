import { z } from "zod";
import { requestKeyOf } from "../../actions/keep-stripe-refunds.ts";
import { raiseAttention } from "../../db/attention.ts";
import { findCheckout } from "../../db/stripe-checkouts.ts";
import { toStripeAmount } from "../../connectors/stripe/amounts.ts";
import type { StripeConnector } from "../../connectors/stripe/contract.ts";
import { getStripePayment, type StripePaymentRow } from "../../db/stripe-payments.ts";
import {
  getStripeRefund,
  refuseStripeRefund,
  type StripeRefundRow,
} from "../../db/stripe-refunds.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ProviderRejected } from "../../errors.ts";
import { defineJob, done, skipped, snoozed, type JobContext, type Outcome } from "../define-job.ts";
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
  // The company it was asked for in: its connection is used, wherever the invoice is by now.
  payload: z.object({ companyId: z.int(), refundId: z.int() }),
  // The fifth attempt is minutes after the first: whatever that began is over, and can be seen.
  retry: { attempts: 16, delayMsFirst: 30_000, delayMsMax: 6 * 3_600_000 },
  timeoutMs: 90_000,
  idempotencyKey: ({ companyId, refundId }) => `${companyId}/${refundId}`,

  run: whenStripe(async (ctx, stripe, { companyId, refundId }) => {
    const payment = await getPaymentOf(ctx, refundId);
    const { account, paymentIntent } = payment;
    const found = await syncPayment(ctx, stripe, { companyId, account }, paymentIntent);
    if (found === OTHER_ACCOUNT) return await giveUp(ctx, refundId, found);
    const before = await getStripeRefund(ctx.sql, refundId);
    if (before.status === "asked") {
      ctx.signal.throwIfAborted();
      const isSent = await send(ctx, stripe, { companyId, payment, refund: before });
      if (!isSent) return await giveUp(ctx, refundId, OTHER_ACCOUNT);
      await syncPayment(ctx, stripe, { companyId, account }, paymentIntent);
    }
    const { status, refund } = await getStripeRefund(ctx.sql, refundId);
    if (status === "pending") return snoozed(PENDING_MS, `${refund ?? "it"} is on its way`);
    return done({ refund, status });
  }),

  whenNotConnected: async (ctx, { refundId }) =>
    await giveUp(ctx, refundId, "Stripe is not connected"),
});

/** In whichever company both are by now. */
async function getPaymentOf({ sql }: JobContext, refundId: number): Promise<StripePaymentRow> {
  const { companyId, stripePaymentId } = await getStripeRefund(sql, refundId);
  return await getStripePayment(sql, { companyId, id: stripePaymentId });
}

/**
 * False when another account is connected by now: then Stripe was not asked.
 *
 * @param companyId whose connection is used: where the refund was asked for
 */
async function send(
  ctx: JobContext,
  stripe: StripeConnector,
  {
    companyId,
    payment,
    refund,
  }: { companyId: number; payment: StripePaymentRow; refund: StripeRefundRow },
): Promise<boolean> {
  const { account, paymentIntent, currency } = payment;
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
    await end(ctx, refund.id, {
      failure: error.providerCode ?? "refused",
      title: (name) => `Stripe refused to refund payment ${name}`,
      detail: error.message,
    });
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

/** The account was disconnected before the refund was made, or before anybody heard what became of it. */
async function giveUp(ctx: JobContext, refundId: number, reason: string): Promise<Outcome> {
  const { status, refund } = await getStripeRefund(ctx.sql, refundId);
  const { account } = await getPaymentOf(ctx, refundId);
  if (status === "asked") {
    const detail =
      ctx.run.attempt > 1
        ? `Account ${account}. Stripe may have made it all the same: look there before asking again.`
        : `Account ${account}. Refund it at Stripe, or connect the account and ask again.`;
    await end(ctx, refundId, {
      failure: "account_not_connected",
      title: (name) => `Payment ${name} was not refunded: its account is disconnected`,
      detail,
    });
  } else if (status === "pending") {
    await end(ctx, refundId, {
      failure: null,
      title: (name) => `A refund of payment ${name} is on its way, and its account is disconnected`,
      detail: `Account ${account}, ${refund}. Record it by hand once it has arrived, or connect the account again.`,
    });
  }
  return skipped(reason);
}

interface Ending {
  /** Why it is over here; null when it may still come. */
  failure: string | null;
  /** With the payment's name. */
  title: (payment: string) => string;
  detail: string;
}

async function end(ctx: JobContext, refundId: number, ending: Ending): Promise<void> {
  const { failure, title, detail } = ending;
  await inTransaction(ctx.sql, async (tx) => {
    const refund = await getStripeRefund(tx, refundId);
    const { companyId, stripePaymentId: id } = refund;
    const { paymentId, paymentIntent, checkoutId } = await getStripePayment(tx, { companyId, id });
    const now = ctx.clock.now();
    // Somebody was told of its ending just now.
    if (failure !== null && !(await refuseStripeRefund(tx, refundId, { failure, now }))) return;
    const checkout = await findCheckout(tx, checkoutId);
    await raiseAttention(tx, {
      companyId,
      kind: "stripe.refund-failed",
      key: requestKeyOf(refund),
      title: title(String(paymentId ?? paymentIntent)),
      detail,
      ...(checkout !== undefined && { subjectType: "invoice", subjectId: checkout.invoiceId }),
      runId: ctx.run.id,
    });
  });
}
