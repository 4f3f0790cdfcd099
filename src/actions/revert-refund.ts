import type { Tx } from "../db/client.ts";
import {
  insertCredit,
  lockCreditOfPayment,
  lockCreditsBehindPayment,
  updateCreditRow,
} from "../db/credits.ts";
import { lockInvoiceOfPayment, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import { deleteRefundRow, getRefund, type RefundRow } from "../db/payment-refunds.ts";
import { addToAmountRefunded, getPayment } from "../db/payments.ts";
import { todayOf, type Acting } from "./acting.ts";
import { recordCreditEvent } from "./credit-events.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { statusOf } from "./settle-invoice.ts";

/**
 * A refund that was recorded never reached the client: the money is back, and goes where it was taken
 * from (BILLING.md 9). What the invoice lacks no more, because it was paid in another way meanwhile, is
 * the client's credit. Nothing else may refer to the refund's row, which is gone afterwards.
 *
 * @param why for the activity log
 */
export async function revertRefund(
  tx: Tx,
  by: Acting,
  { paymentRefundId, why }: { paymentRefundId: number; why: string },
): Promise<InvoiceRow> {
  const companyId = by.company.id;
  const refund = await getRefund(tx, { companyId, id: paymentRefundId });
  const { paymentId } = refund;
  const invoice = await lockInvoiceOfPayment(tx, { companyId, paymentId });
  const ofInvoice = refund.amount - refund.creditAmount;
  await deleteRefundRow(tx, { companyId, id: refund.id });
  const payment = await addToAmountRefunded(tx, {
    companyId,
    id: paymentId,
    amount: -refund.amount,
    now: by.now,
  });
  await putIntoOwnCredit(tx, by, { invoice, refund, amount: refund.creditAmount, isNew: false });

  const isVoided = invoice.status === "cancelled";
  const applied = isVoided || ofInvoice < invoice.amountDue ? ofInvoice : invoice.amountDue;
  if (isVoided) await putIntoVoidedCredit(tx, by, { invoice, refund, amount: ofInvoice });
  await putIntoOwnCredit(tx, by, { invoice, refund, amount: ofInvoice - applied, isNew: true });
  const amountPaid = invoice.amountPaid + applied;
  const status = applied === 0n ? invoice.status : statusOf(by, invoice, { amountPaid });
  const paid =
    applied === 0n
      ? invoice
      : await updateInvoiceRow(tx, invoice, {
          amountPaid,
          status,
          paidAt: status === "paid" ? by.now : null,
          updatedAt: by.now,
        });
  await recordInvoiceEvent(tx, by, "payment.refund-failed", paid, {
    payment_id: paymentId,
    refund_id: refund.id,
    amount: refund.amount,
    amount_refunded: payment.amountRefunded,
    credited: ofInvoice - applied,
    reason: why,
  });
  if (status === "paid" && invoice.status !== "paid") {
    await recordInvoiceEvent(tx, by, "invoice.paid", paid);
  }
  return paid;
}

interface Putting {
  invoice: InvoiceRow;
  refund: RefundRow;
  amount: bigint;
}

/** @param isNew whether the money was never in that credit, which grows by it */
async function putIntoOwnCredit(
  tx: Tx,
  by: Acting,
  { invoice, refund, amount, isNew }: Putting & { isNew: boolean },
): Promise<void> {
  if (amount === 0n) return;
  const companyId = by.company.id;
  const { paymentId } = refund;
  const credit = await lockCreditOfPayment(tx, { companyId, paymentId });
  if (credit !== undefined) {
    // One that was deleted comes back with it: its payment can leave no second one.
    const left = await updateCreditRow(tx, credit, {
      ...(isNew ? { amount: credit.amount + amount } : {}),
      remaining: credit.remaining + amount,
      deletedAt: null,
      updatedAt: by.now,
    });
    await recordCreditEvent(tx, by, "credit.refund-failed", left, { returned: amount });
    return;
  }
  const payment = await getPayment(tx, { companyId, id: paymentId });
  await insertCredit(tx, {
    companyId,
    clientId: invoice.clientId,
    invoiceId: invoice.id,
    paymentId,
    type: "overpayment",
    amount,
    currency: payment.currency,
    reason: `A refund of invoice ${invoice.invoiceNumber} that failed`,
    creditDate: todayOf(by),
    createdAt: by.now,
  });
}

/** The payments of a voided invoice are in one credit, which this belongs to. */
async function putIntoVoidedCredit(
  tx: Tx,
  by: Acting,
  { invoice, refund, amount }: Putting,
): Promise<void> {
  if (amount === 0n) return;
  const companyId = by.company.id;
  const where = { companyId, paymentId: refund.paymentId, invoiceId: invoice.id };
  const credits = await lockCreditsBehindPayment(tx, where);
  const credit = credits.find((each) => each.voidedInvoiceId === invoice.id);
  if (credit === undefined) {
    await insertCredit(tx, {
      companyId,
      clientId: invoice.clientId,
      invoiceId: invoice.id,
      paymentId: null,
      voidedInvoiceId: invoice.id,
      type: "prepayment",
      amount,
      currency: invoice.currency,
      reason: `Payments of voided invoice ${invoice.invoiceNumber}`,
      creditDate: todayOf(by),
      createdAt: by.now,
    });
    return;
  }
  // A refund from before the voiding was never part of that credit.
  const isNew = refund.voidedCreditId === null;
  const left = await updateCreditRow(tx, credit, {
    ...(isNew ? { amount: credit.amount + amount } : {}),
    remaining: credit.remaining + amount,
    updatedAt: by.now,
  });
  await recordCreditEvent(tx, by, "credit.refund-failed", left, { returned: amount });
}
