import type { Tx } from "../db/client.ts";
import { findConnection } from "../db/connections.ts";
import { findStripePaymentOf } from "../db/stripe-payments.ts";
import {
  insertStripeRefund,
  listStripeRefunds,
  type StripeRefundRow,
} from "../db/stripe-refunds.ts";
import { Conflict, NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { checkRefund, type RefundInput } from "./refund-payment.ts";

/**
 * Asks for money back that was taken at Stripe: it is sent by a run, and in the books once Stripe has
 * confirmed it. What was asked for before, and is on its way, cannot be asked for again. Throws as
 * `refundPayment` does, and `Conflict` for an account that the company is not connected to.
 *
 * @param now the machine's clock
 */
export async function requestStripeRefund(
  tx: Tx,
  by: Acting,
  input: RefundInput,
  now: Date,
): Promise<StripeRefundRow & { currency: string }> {
  const companyId = by.company.id;
  const { paymentId } = input;
  // Locks the invoice, so that two at once see each other's.
  const found = await checkRefund(tx, by, input, async () => {
    const payment = await findStripePaymentOf(tx, { companyId, paymentId });
    if (payment === undefined) throw new NotFound("Payment");
    const stripePaymentId = payment.id;
    const requests = await listStripeRefunds(tx, { companyId, stripePaymentId });
    return requests
      .filter(({ status }) => status === "asked" || status === "pending")
      .reduce((sum, { amount }) => sum + amount, 0n);
  });
  const payment = await findStripePaymentOf(tx, { companyId, paymentId });
  if (payment === undefined) throw new NotFound("Payment");
  const connection = await findConnection(tx, { companyId, provider: "stripe" });
  const isOurs = connection?.externalId === payment.account && connection.status !== "disabled";
  if (!isOurs) {
    throw new Conflict(
      `This payment was taken by the Stripe account ${payment.account}, which is not connected here: refund it at Stripe, and record it here.`,
      { code: "account_not_connected" },
    );
  }
  const { amount, invoice } = found;
  const refund = await insertStripeRefund(tx, {
    companyId,
    stripePaymentId: payment.id,
    refund: null,
    amount,
    status: "asked",
    refundDate: input.refundDate ?? null,
    reference: input.reference ?? null,
    reason: input.reason ?? null,
    requestedBy: by.causerId,
    now,
  });
  await recordInvoiceEvent(tx, by, "payment.refund-requested", invoice, {
    payment_id: paymentId,
    stripe_refund_id: refund.id,
    amount,
    reason: refund.reason,
  });
  return { ...refund, currency: found.payment.currency };
}
