import { localDateOf, type LocalDate } from "../billing/dates.ts";
import { formatMoney } from "../billing/money.ts";
import { raiseAttention, settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import { getPayment } from "../db/payments.ts";
import type { StripePaymentRow } from "../db/stripe-payments.ts";
import {
  insertStripeRefund,
  listStripeRefunds,
  updateStripeRefund,
  type StripeRefundRow,
  type StripeRefundStatus,
} from "../db/stripe-refunds.ts";
import { Conflict, InvalidInput } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { refundPayment } from "./refund-payment.ts";
import { revertRefund } from "./revert-refund.ts";

/** The kind of the attention items about money that was given back at Stripe and is in the books still. */
const UNRECORDED_REFUND = "stripe.unrecorded-refund";

/** A refund as Stripe tells of it; see `PaymentRefund` of the connector. */
export interface ToldRefund {
  id: string;
  amount: bigint | null;
  status: string;
  failure: string | null;
  reason: string | null;
  requestId: number | null;
  createdAt: Date;
}

/**
 * Keeps the refunds of a payment as they are now, whoever asked for them. One that Stripe has confirmed
 * is recorded, once; one that failed after all puts the money back, and somebody is told.
 *
 * @param invoice locked
 * @param now the machine's clock
 */
export async function keepStripeRefunds(
  tx: Tx,
  by: Acting,
  {
    payment,
    invoice,
    refunds,
    now,
  }: {
    payment: StripePaymentRow;
    invoice: InvoiceRow;
    refunds: readonly ToldRefund[];
    now: Date;
  },
): Promise<void> {
  for (const told of refunds) {
    const kept = await keepRow(tx, payment, told, now);
    if (kept === undefined) continue;
    const { row, isNews } = kept;
    if (isNews) {
      const item = {
        companyId: row.companyId,
        kind: "stripe.refund-failed",
        key: requestKeyOf(row),
      };
      await settleAttention(tx, { ...item, resolution: "Stripe has said what became of it" });
    }
    if (row.status === "succeeded" && row.paymentRefundId === null) {
      await record(tx, by, { payment, invoice, row, told, now });
    }
    if (isNews && isOver(row.status)) {
      await takeBack(tx, by, { invoice, row, told, now });
    }
  }
}

/** What tells the item of a refund that was asked for here, and was not made as far as we knew. */
export function requestKeyOf({ id }: StripeRefundRow): string {
  return `request ${id}`;
}

/** The row of a refund, as Stripe says it stands. Undefined for money of no currency of ours. */
async function keepRow(
  tx: Tx,
  { companyId, id: stripePaymentId }: StripePaymentRow,
  told: ToldRefund,
  now: Date,
): Promise<{ row: StripeRefundRow; isNews: boolean } | undefined> {
  const status = statusOf(told.status);
  const rows = await listStripeRefunds(tx, { companyId, stripePaymentId });
  const known =
    rows.find(({ refund }) => refund === told.id) ??
    rows.find(({ refund, id }) => refund === null && id === told.requestId);
  if (known === undefined) {
    if (told.amount === null) return undefined;
    const row = await insertStripeRefund(tx, {
      companyId,
      stripePaymentId,
      refund: told.id,
      amount: told.amount,
      status,
      refundDate: null,
      reference: null,
      reason: told.reason,
      requestedBy: null,
      now,
    });
    return { row, isNews: true };
  }
  if (known.refund === told.id && known.status === status) return { row: known, isNews: false };
  const changes = { refund: told.id, status, updatedAt: now };
  return { row: await updateStripeRefund(tx, known, changes), isNews: true };
}

async function record(
  tx: Tx,
  by: Acting,
  {
    payment: { companyId, paymentId },
    invoice,
    row,
    told,
    now,
  }: {
    payment: StripePaymentRow;
    invoice: InvoiceRow;
    row: StripeRefundRow;
    told: ToldRefund;
    now: Date;
  },
): Promise<void> {
  if (paymentId === null) return;
  const item = { companyId, kind: UNRECORDED_REFUND, key: told.id };
  try {
    const { refund } = await refundPayment(
      tx,
      { ...by, causerId: row.requestedBy },
      {
        paymentId,
        amount: row.amount,
        refundDate: row.refundDate ?? (await dayOf(tx, by, { companyId, paymentId, told })),
        reference: row.reference ?? told.id,
        reason: row.reason,
      },
    );
    await updateStripeRefund(tx, row, { paymentRefundId: refund.id, updatedAt: now });
    await settleAttention(tx, { ...item, resolution: "it was recorded" });
  } catch (error) {
    // Thrown before anything was written: so much is not there to be given back.
    if (!(error instanceof Conflict || error instanceof InvalidInput)) throw error;
    await raiseAttention(tx, {
      ...item,
      title: `${formatMoney(row.amount, invoice.currency)} of invoice ${invoice.invoiceNumber} was given back at Stripe, and is not in the books`,
      detail: `${told.id}: ${error.message}`,
      subjectType: "invoice",
      subjectId: invoice.id,
    });
  }
}

/** The day of a refund that was made at Stripe, never before that of its payment. */
async function dayOf(
  tx: Tx,
  by: Acting,
  { companyId, paymentId, told }: { companyId: number; paymentId: number; told: ToldRefund },
): Promise<LocalDate> {
  const { testNow, timezone } = by.company;
  const day = testNow === null ? localDateOf(told.createdAt, timezone) : todayOf(by);
  const { paymentDate } = await getPayment(tx, { companyId, id: paymentId });
  return day < paymentDate ? paymentDate : day;
}

/** It never reached the client. */
async function takeBack(
  tx: Tx,
  by: Acting,
  {
    invoice,
    row,
    told,
    now,
  }: { invoice: InvoiceRow; row: StripeRefundRow; told: ToldRefund; now: Date },
): Promise<void> {
  const { companyId, paymentRefundId } = row;
  const why = told.failure ?? told.status;
  await updateStripeRefund(tx, row, {
    paymentRefundId: null,
    failure: told.failure,
    updatedAt: now,
  });
  if (paymentRefundId !== null) await revertRefund(tx, by, { paymentRefundId, why });
  await settleAttention(tx, {
    companyId,
    kind: UNRECORDED_REFUND,
    key: told.id,
    resolution: "it failed",
  });
  await raiseAttention(tx, {
    companyId,
    kind: "stripe.refund-failed",
    key: told.id,
    title: `A refund of ${formatMoney(row.amount, invoice.currency)} of invoice ${invoice.invoiceNumber} failed`,
    detail: `${told.id}: ${why}. The money is back, and the client has not got it.`,
    subjectType: "invoice",
    subjectId: invoice.id,
  });
}

function isOver(status: StripeRefundStatus): boolean {
  return status === "failed" || status === "canceled";
}

/** Stripe's word in ours; what is still to be done by the client is on its way like the rest. */
function statusOf(word: string): StripeRefundStatus {
  switch (word) {
    case "succeeded":
    case "failed":
    case "canceled":
      return word;
    default:
      return "pending";
  }
}
