import { formatMoney } from "../billing/money.ts";
import { raiseAttention, settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { getInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import {
  findStripeDispute,
  isMarkedByDispute,
  insertStripeDispute,
  updateStripeDispute,
  type StripeDisputeRow,
} from "../db/stripe-disputes.ts";
import type { StripePaymentRow } from "../db/stripe-payments.ts";
import { Conflict, InvalidInput, NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { refundPayment } from "./refund-payment.ts";
import { revertRefund } from "./revert-refund.ts";

/** A dispute as Stripe tells of it; see `PaymentDispute` of the connector. */
export interface ToldDispute {
  id: string;
  amount: bigint | null;
  status: string;
  reason: string | null;
  evidenceDueAt: Date | null;
}

/** What of Stripe's words means that it goes on. */
const open = new Set([
  "needs_response",
  "under_review",
  "warning_needs_response",
  "warning_under_review",
]);

/**
 * Keeps the disputes of a payment as they are now. While one is open the invoice is disputed: no
 * reminder, no late fee (BILLING.md 6 and 7). Won, it is as before. Lost, the money is taken back out of
 * the books, and the invoice stays disputed until somebody has decided what is to become of it.
 *
 * @param invoice locked
 * @param now the machine's clock
 */
export async function keepStripeDisputes(
  tx: Tx,
  by: Acting,
  {
    payment,
    invoice,
    disputes,
    now,
  }: {
    payment: StripePaymentRow;
    invoice: InvoiceRow;
    disputes: readonly ToldDispute[];
    now: Date;
  },
): Promise<void> {
  const { paymentId } = payment;
  // Money that is in nobody's books waits for a person already.
  if (paymentId === null) return;
  for (const told of disputes) {
    const known = await findStripeDispute(tx, told.id);
    if (known?.status === told.status || told.amount === null) continue;
    const { companyId, id: stripePaymentId } = payment;
    const { id: dispute, amount, status, reason, evidenceDueAt } = told;
    const row =
      known === undefined
        ? await insertStripeDispute(tx, {
            companyId,
            stripePaymentId,
            dispute,
            amount,
            status,
            reason,
            evidenceDueAt,
            now,
          })
        : await updateStripeDispute(tx, known, { status, evidenceDueAt, updatedAt: now });
    const current = await getInvoice(tx, { companyId, id: invoice.id }).catch(orNothing);
    const isLost = status === "lost";
    if (isLost || open.has(status)) await mark(tx, by, { row, invoice: current, now });
    else await clear(tx, by, { row, invoice: current, now });
    if (isLost) await lose(tx, by, { row, invoice, paymentId, now });
  }
}

/** A deleted invoice gets no reminders anyway. */
function orNothing(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error;
}

interface Marking {
  row: StripeDisputeRow;
  /** As it is now. */
  invoice: InvoiceRow | undefined;
  now: Date;
}

async function mark(tx: Tx, by: Acting, { row, invoice, now }: Marking): Promise<void> {
  if (invoice === undefined) return;
  if (!invoice.isDisputed) {
    await setDisputed(tx, by, { invoice, isDisputed: true, row });
    await updateStripeDispute(tx, row, { hasMarked: true, updatedAt: now });
  }
  const due = row.evidenceDueAt?.toISOString().slice(0, 10);
  await raiseAttention(tx, {
    ...itemOf(row),
    title: `A payment of invoice ${invoice.invoiceNumber} is disputed: ${formatMoney(row.amount, invoice.currency)}`,
    detail: `${row.dispute}: ${row.reason ?? "no reason given"}. Answer at Stripe${due === undefined ? "" : ` before ${due}`}. Meanwhile there are no reminders and no late fees.`,
    subjectType: "invoice",
    subjectId: invoice.id,
  });
}

/** The bank has given the money back to its customer. */
async function lose(
  tx: Tx,
  by: Acting,
  {
    row,
    invoice,
    paymentId,
    now,
  }: { row: StripeDisputeRow; invoice: InvoiceRow; paymentId: number; now: Date },
): Promise<void> {
  let detail = "The payment is taken back, and the invoice open again.";
  try {
    const { refund } = await refundPayment(tx, by, {
      paymentId,
      amount: row.amount,
      reference: row.dispute,
      reason: "The dispute was lost.",
    });
    await updateStripeDispute(tx, row, { paymentRefundId: refund.id, updatedAt: now });
  } catch (error) {
    // Thrown before anything was written: it was refunded before, or used as a credit.
    if (!(error instanceof Conflict || error instanceof InvalidInput)) throw error;
    detail = `The payment could not be taken back in the books: ${error.message}`;
  }
  await raiseAttention(tx, {
    ...itemOf(row),
    title: `A dispute over invoice ${invoice.invoiceNumber} was lost: ${formatMoney(row.amount, invoice.currency)}`,
    detail: `${row.dispute}: ${detail} It stays disputed until is_disputed is set to false.`,
    subjectType: "invoice",
    subjectId: invoice.id,
  });
}

/** Won, or withdrawn, also after it was lost. */
async function clear(tx: Tx, by: Acting, { row, invoice, now }: Marking): Promise<void> {
  const { paymentRefundId, hasMarked } = row;
  await updateStripeDispute(tx, row, { paymentRefundId: null, hasMarked: false, updatedAt: now });
  const why = "the dispute was won";
  const after =
    paymentRefundId === null ? invoice : await revertRefund(tx, by, { paymentRefundId, why });
  await settleAttention(tx, { ...itemOf(row), resolution: row.status });
  if (!hasMarked || after?.isDisputed !== true) return;
  if (await isMarkedByDispute(tx, { companyId: after.companyId, invoiceId: after.id })) return;
  await setDisputed(tx, by, { invoice: after, isDisputed: false, row });
}

async function setDisputed(
  tx: Tx,
  by: Acting,
  { invoice, isDisputed, row }: { invoice: InvoiceRow; isDisputed: boolean; row: StripeDisputeRow },
): Promise<void> {
  const updated = await updateInvoiceRow(tx, invoice, { isDisputed, updatedAt: by.now });
  await recordInvoiceEvent(tx, by, "invoice.updated", updated, {
    changed: ["is_disputed"],
    is_disputed: isDisputed,
    dispute: row.dispute,
    dispute_status: row.status,
    disputed: row.amount,
  });
}

function itemOf({ companyId, dispute }: StripeDisputeRow) {
  return { companyId, kind: "stripe.dispute", key: dispute };
}
