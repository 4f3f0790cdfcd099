import type { Tx } from "../db/client.ts";
import { deleteCreditRow, lockCreditOfPayment } from "../db/credits.ts";
import { listInvoiceDeliveries } from "../db/deliveries.ts";
import { lockInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import { deletePaymentRow, getInvoicePayment } from "../db/payments.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { statusOf } from "./settle-invoice.ts";

/**
 * Takes back a payment that was recorded by mistake, and the credit it left; the invoice is open
 * again for what it now lacks. Throws `Conflict` when the credit was used already, or when the
 * invoice was voided, for then its payments are the client's credit.
 */
export async function deletePayment(
  tx: Tx,
  by: Acting,
  { invoiceId, paymentId }: { invoiceId: number; paymentId: number },
): Promise<InvoiceRow> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  const payment = await getInvoicePayment(tx, { companyId, invoiceId, id: paymentId });
  if (invoice.status === "cancelled") {
    throw new Conflict(
      `Invoice ${invoice.invoiceNumber} is cancelled: its payments became a credit of the client.`,
    );
  }
  const credit = await lockCreditOfPayment(tx, { companyId, paymentId });
  if (credit !== undefined && credit.remaining !== credit.amount) {
    throw new Conflict("The credit this payment left was used already; the payment has to stay.");
  }
  if (credit !== undefined) await deleteCreditRow(tx, { companyId, id: credit.id });
  await deletePaymentRow(tx, { companyId, id: paymentId });

  const amountPaid = invoice.amountPaid - (payment.amount - (credit?.amount ?? 0n));
  const mails = await listInvoiceDeliveries(tx, { companyId, invoiceId });
  // Paid for while it was a draft: it is one again.
  const wasSent = invoice.sentAt !== null || mails.length > 0;
  const status = statusOf(by, invoice, { amountPaid, wasSent });
  const reopened = await updateInvoiceRow(tx, invoice, {
    amountPaid,
    status,
    paidAt: status === "paid" ? invoice.paidAt : null,
    updatedAt: by.now,
  });
  await recordInvoiceEvent(tx, by, "payment.deleted", reopened, {
    payment_id: payment.id,
    amount: payment.amount,
    payment_date: payment.paymentDate,
  });
  return reopened;
}
