import { invoiceMailKey } from "../billing/message-ids.ts";
import type { Tx } from "../db/client.ts";
import { listInvoiceDeliveries, type DeliveryRow } from "../db/deliveries.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { issueInvoice } from "./issue-invoice.ts";
import { findPendingMail, requestMail } from "./request-mail.ts";
import { getRecipient } from "./send-quote.ts";
import { settleUnsentInvoice } from "./settle-unsent-invoice.ts";

/**
 * Asks for an invoice to be mailed; the mailer follows the event. A draft stays one until the mail
 * server took the mail: nothing is shown as sent that was not (BILLING.md 8). An open invoice is
 * mailed again, unless its last mail is still on its way: that one counts. An invoice
 * over nothing is finalised as paid, without a mail. Throws `InvalidInput` when the client has no address,
 * `Conflict` when the invoice is paid or cancelled.
 */
export async function sendInvoice(
  tx: Tx,
  by: Acting,
  { invoiceId }: { invoiceId: number },
): Promise<{ invoice: InvoiceRow; delivery: DeliveryRow | undefined }> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  const reason = whyNotSend(invoice);
  if (reason !== undefined) throw new Conflict(reason);
  if (invoice.status === "draft" && invoice.total === 0n) {
    return { invoice: await issueInvoice(tx, by, invoice), delivery: undefined };
  }
  const recipient = await getRecipient(tx, { companyId, clientId: invoice.clientId });
  const mails = (await listInvoiceDeliveries(tx, { companyId, invoiceId })).filter(
    (delivery) => delivery.kind === "invoice",
  );
  const pending = await findPendingMail(tx, by, mails);
  if (pending !== undefined) return { invoice, delivery: pending };

  const key = invoiceMailKey(invoiceId, mails.length + 1);
  const delivery = await requestMail(tx, by, invoice, { kind: "invoice", key, recipient });
  await settleUnsentInvoice(tx, by, { invoiceId, resolution: "it was sent" });
  return { invoice, delivery };
}

/** Why an invoice cannot be sent, in a sentence; undefined when it can. */
export function whyNotSend({ status, invoiceNumber }: InvoiceRow): string | undefined {
  if (status !== "paid" && status !== "cancelled") return undefined;
  return `Invoice ${invoiceNumber} is ${status} and cannot be sent.`;
}
