import { receiptMailKey } from "../billing/message-ids.ts";
import { raiseAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { listInvoiceDeliveries, type DeliveryRow } from "../db/deliveries.ts";
import { findRecipient } from "../db/invoice-references.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { getInvoicePayment } from "../db/payments.ts";
import type { Acting } from "./acting.ts";
import { findPendingMail, requestMail, settleUnsentReceipt } from "./request-mail.ts";
import { getRecipient } from "./send-quote.ts";

/**
 * Asks for a receipt of a payment to be mailed; the mailer follows the event. One that is still on its
 * way counts. Throws `InvalidInput` when the client has no address.
 */
export async function sendReceipt(
  tx: Tx,
  by: Acting,
  { invoiceId, paymentId }: { invoiceId: number; paymentId: number },
): Promise<DeliveryRow> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  await getInvoicePayment(tx, { companyId, invoiceId, id: paymentId });
  const recipient = await getRecipient(tx, { companyId, clientId: invoice.clientId });
  const mails = await listInvoiceDeliveries(tx, { companyId, invoiceId });
  const receipts = mails.filter((mail) => mail.paymentId === paymentId);
  const pending = await findPendingMail(tx, by, receipts);
  if (pending !== undefined) return pending;

  await settleUnsentReceipt(tx, by, { paymentId, resolution: "it was sent" });
  const key = receiptMailKey(paymentId, receipts.length + 1);
  return await requestMail(tx, by, invoice, { kind: "receipt", key, paymentId, recipient });
}

/**
 * The first receipt of a payment that was just recorded for a locked invoice. Where nobody can be
 * written to, the payment stands, and a person is told.
 */
export async function sendFirstReceipt(
  tx: Tx,
  by: Acting,
  invoice: InvoiceRow,
  paymentId: number,
): Promise<void> {
  const companyId = by.company.id;
  const recipient = await findRecipient(tx, { companyId, clientId: invoice.clientId });
  const key = receiptMailKey(paymentId, 1);
  await requestMail(tx, by, invoice, {
    kind: "receipt",
    key,
    paymentId,
    recipient: recipient ?? null,
  });
  if (recipient !== undefined) return;
  await raiseAttention(tx, {
    companyId,
    kind: "receipt.no-recipient",
    key: String(paymentId),
    title: `The receipt for a payment of invoice ${invoice.invoiceNumber} was not sent: its client has no email address`,
    subjectType: "invoice",
    subjectId: invoice.id,
  });
}
