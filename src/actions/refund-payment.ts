import type { LocalDate } from "../billing/dates.ts";
import { refundableOf, splitRefund, type Refundable } from "../billing/refunds.ts";
import type { Sql, Tx } from "../db/client.ts";
import {
  listCreditsBehindPayment,
  lockCreditsBehindPayment,
  updateCreditRow,
  type CreditRow,
} from "../db/credits.ts";
import { lockInvoiceOfPayment, type InvoiceRow } from "../db/invoices.ts";
import { insertRefund, listPaymentRefunds, type RefundRow } from "../db/payment-refunds.ts";
import { addToAmountRefunded, getPayment, type PaymentRow } from "../db/payments.ts";
import { Conflict, InvalidInput } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { recordCreditEvent } from "./credit-events.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { lowerAmountPaid } from "./lower-amount-paid.ts";

export interface RefundInput {
  paymentId: number;
  /** Minor units, more than zero. Left out: all that can still be given back. */
  amount?: bigint | undefined;
  /** Default: today, where the company is. */
  refundDate?: LocalDate | undefined;
  reference?: string | null | undefined;
  reason?: string | null | undefined;
}

export interface RefundedPayment {
  refund: RefundRow;
  payment: PaymentRow;
  invoice: InvoiceRow;
}

/**
 * Records money given back out of a payment, all or a part of it (BILLING.md 9): first out of the
 * credit it left, then out of the invoice, which is open again for as much, or out of the credit a
 * voided invoice left. The invoice's row is locked first, as everywhere, then the credits', so that
 * two at once never give back more than there is. Throws `Conflict` when nothing is left to give back,
 * `InvalidInput` when it is less than was asked for.
 */
export async function refundPayment(
  tx: Tx,
  by: Acting,
  input: RefundInput,
): Promise<RefundedPayment> {
  const companyId = by.company.id;
  const { paymentId } = input;
  const invoice = await lockInvoiceOfPayment(tx, { companyId, paymentId });
  const payment = await getPayment(tx, { companyId, id: paymentId });
  const where = { companyId, paymentId, invoiceId: invoice.id };
  const credits = await lockCreditsBehindPayment(tx, where);
  const refunds = await listPaymentRefunds(tx, where);
  const money = whereItIs({ invoice, payment, credits, refunds });
  const { amount, parts } = decide(input.amount, payment, money.refundable);
  const refundDate = input.refundDate ?? todayOf(by);
  checkRefundDate(refundDate, payment);

  await takeOut(tx, by, money.ownCredit, parts.ofCredit);
  await takeOut(tx, by, money.voidedCredit, parts.ofInvoice);
  const reopened =
    parts.ofInvoice === 0n ? invoice : await lowerAmountPaid(tx, by, invoice, parts.ofInvoice);
  const refunded = await addToAmountRefunded(tx, { companyId, id: paymentId, amount, now: by.now });
  const refund = await insertRefund(tx, {
    companyId,
    paymentId,
    amount,
    creditAmount: parts.ofCredit,
    voidedCreditId: parts.ofInvoice === 0n ? null : (money.voidedCredit?.id ?? null),
    currency: payment.currency,
    refundDate,
    reference: input.reference ?? null,
    reason: input.reason ?? null,
    refundedBy: by.causerId,
    createdAt: by.now,
  });
  await recordInvoiceEvent(tx, by, "payment.refunded", reopened, {
    payment_id: paymentId,
    refund_id: refund.id,
    amount,
    from_credit: parts.ofCredit,
    amount_refunded: refunded.amountRefunded,
    refund_date: refundDate,
    reference: refund.reference,
    reason: refund.reason,
  });
  return { refund, payment: refunded, invoice: reopened };
}

/**
 * What a refund would give back, with the invoice's row locked. Throws as `refundPayment` does.
 *
 * @param readReserved asked once the row is locked: minor units that are promised to somebody already
 */
export async function checkRefund(
  tx: Tx,
  by: Acting,
  input: RefundInput,
  readReserved: () => Promise<bigint>,
): Promise<{ amount: bigint; payment: PaymentRow; invoice: InvoiceRow }> {
  const companyId = by.company.id;
  const { paymentId } = input;
  const invoice = await lockInvoiceOfPayment(tx, { companyId, paymentId });
  const payment = await getPayment(tx, { companyId, id: paymentId });
  const where = { companyId, paymentId, invoiceId: invoice.id };
  const credits = await lockCreditsBehindPayment(tx, where);
  const refunds = await listPaymentRefunds(tx, where);
  const { refundable } = whereItIs({ invoice, payment, credits, refunds });
  const reserved = await readReserved();
  const left = refundable.ofCredit + refundable.ofInvoice - reserved;
  const { amount } = decide(input.amount, payment, {
    ofCredit: 0n,
    ofInvoice: left > 0n ? left : 0n,
  });
  checkRefundDate(input.refundDate ?? todayOf(by), payment);
  return { amount, payment, invoice };
}

function checkRefundDate(refundDate: LocalDate, { paymentDate }: PaymentRow): void {
  if (refundDate >= paymentDate) return;
  throw new InvalidInput({ refund_date: ["Must not be before the day of the payment."] });
}

/** What of a payment can still be given back, in minor units. */
export async function loadRefundable(
  sql: Sql | Tx,
  {
    companyId,
    ...found
  }: {
    companyId: number;
    invoice: Pick<InvoiceRow, "id" | "status">;
    payment: PaymentRow;
    refunds: readonly RefundRow[];
  },
): Promise<bigint> {
  const { payment, invoice } = found;
  const credits = await listCreditsBehindPayment(sql, {
    companyId,
    paymentId: payment.id,
    invoiceId: invoice.id,
  });
  const { ofCredit, ofInvoice } = whereItIs({ ...found, credits }).refundable;
  return ofCredit + ofInvoice;
}

/** The credits that hold money of a payment, and how much of it can be given back. */
function whereItIs(found: {
  invoice: Pick<InvoiceRow, "status">;
  payment: PaymentRow;
  credits: readonly CreditRow[];
  refunds: readonly RefundRow[];
}) {
  const { invoice, payment, credits, refunds } = found;
  const ownCredit = credits.find((credit) => credit.paymentId === payment.id);
  const voidedCredit = credits.find((credit) => credit.voidedInvoiceId !== null);
  const refundable = refundableOf({
    amount: payment.amount,
    credited: payment.credited,
    refundedOfInvoice: refunds.reduce(
      (sum, refund) => sum + refund.amount - refund.creditAmount,
      0n,
    ),
    creditRemaining: ownCredit?.remaining ?? 0n,
    voidedRemaining: invoice.status === "cancelled" ? (voidedCredit?.remaining ?? 0n) : null,
  });
  return { ownCredit, voidedCredit, refundable };
}

function decide(
  asked: bigint | undefined,
  payment: PaymentRow,
  refundable: Refundable,
): { amount: bigint; parts: Refundable } {
  const most = refundable.ofCredit + refundable.ofInvoice;
  if (most === 0n) {
    const all = payment.amountRefunded === payment.amount;
    const why = all
      ? "It was given back already."
      : "What was not given back was used as a credit of the client.";
    throw new Conflict(`Nothing of this payment is left to refund. ${why}`, {
      code: "nothing_to_refund",
    });
  }
  const amount = asked ?? most;
  const parts = splitRefund(amount, refundable);
  if (parts !== undefined) return { amount, parts };
  const text = `Only ${most} minor units of this payment can be refunded; the rest was given back, or used as a credit.`;
  throw new InvalidInput({ amount: [text] });
}

/** The credit, if there is one, gives `amount` back. */
async function takeOut(
  tx: Tx,
  by: Acting,
  credit: CreditRow | undefined,
  amount: bigint,
): Promise<void> {
  if (credit === undefined || amount === 0n) return;
  const remaining = credit.remaining - amount;
  const left = await updateCreditRow(tx, credit, { remaining, updatedAt: by.now });
  await recordCreditEvent(tx, by, "credit.refunded", left, { refunded: amount });
}
