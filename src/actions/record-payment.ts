import type { LocalDate } from "../billing/dates.ts";
import { canBecome } from "../billing/statuses.ts";
import type { Tx } from "../db/client.ts";
import { insertCredit } from "../db/credits.ts";
import { lockInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import { insertPayment, type PaymentRow } from "../db/payments.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { sendFirstReceipt } from "./send-receipt.ts";
import { statusOf } from "./settle-invoice.ts";

export interface PaymentInput {
  /** Minor units of the invoice's currency, more than zero. */
  amount: bigint;
  paymentDate: LocalDate;
  paymentMethod: string | null;
  reference: string | null;
  notes: string | null;
  /** Whether a receipt is to be mailed to the client. */
  sendNotification?: boolean;
}

export interface RecordedPayment {
  invoice: InvoiceRow;
  payment: PaymentRow;
  /** What was too much, and is the client's credit now. */
  credited: bigint;
}

/**
 * Records money that came in for an invoice. The invoice takes what it still lacks, the rest becomes a
 * credit of the client (BILLING.md 9). A draft that is paid is a draft no more. Throws `Conflict` when
 * the invoice is paid or cancelled.
 */
export async function recordPayment(
  tx: Tx,
  by: Acting,
  { invoiceId, ...payment }: PaymentInput & { invoiceId: number },
): Promise<RecordedPayment> {
  const invoice = await lockInvoice(tx, { companyId: by.company.id, id: invoiceId });
  return await applyPayment(tx, by, invoice, payment);
}

/** As `recordPayment`, for an invoice the transaction has locked already. Throws before it writes. */
export async function applyPayment(
  tx: Tx,
  by: Acting,
  invoice: InvoiceRow,
  input: PaymentInput,
): Promise<RecordedPayment> {
  checkPayable(invoice);
  const companyId = by.company.id;
  const applied = input.amount < invoice.amountDue ? input.amount : invoice.amountDue;
  const credited = input.amount - applied;

  const payment = await insertPayment(tx, {
    companyId,
    invoiceId: invoice.id,
    amount: input.amount,
    currency: invoice.currency,
    paymentDate: input.paymentDate,
    paymentMethod: input.paymentMethod,
    reference: input.reference,
    notes: input.notes,
    recordedBy: by.causerId,
    createdAt: by.now,
  });
  if (credited > 0n) {
    await insertCredit(tx, {
      companyId,
      clientId: invoice.clientId,
      invoiceId: invoice.id,
      paymentId: payment.id,
      type: "overpayment",
      amount: credited,
      currency: invoice.currency,
      reason: `Overpayment of invoice ${invoice.invoiceNumber}`,
      creditDate: input.paymentDate,
      createdAt: by.now,
    });
  }
  const amountPaid = invoice.amountPaid + applied;
  const status = statusOf(by, invoice, { amountPaid });
  const paid = await updateInvoiceRow(tx, invoice, {
    amountPaid,
    status,
    paidAt: status === "paid" ? by.now : null,
    updatedAt: by.now,
  });

  await recordInvoiceEvent(tx, by, "payment.received", paid, {
    payment_id: payment.id,
    amount: payment.amount,
    credited,
    payment_date: payment.paymentDate,
    payment_method: payment.paymentMethod,
    reference: payment.reference,
    send_notification: input.sendNotification ?? false,
  });
  if (status === "paid") await recordInvoiceEvent(tx, by, "invoice.paid", paid);
  if (input.sendNotification ?? false) await sendFirstReceipt(tx, by, paid, payment.id);
  return { invoice: paid, payment: { ...payment, credited }, credited };
}

/** Throws `Conflict` unless money may be recorded against the invoice. */
export function checkPayable({ status, invoiceNumber }: InvoiceRow): void {
  if (canBecome(status, "paid")) return;
  const text = status === "paid" ? "already paid in full" : status;
  throw new Conflict(`Invoice ${invoiceNumber} is ${text}.`);
}
