import type { Tx } from "../db/client.ts";
import { lockInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { issueInvoice } from "./issue-invoice.ts";
import { settleUnsentInvoice } from "./settle-unsent-invoice.ts";

/**
 * Says that an invoice reached its client without our mail: issues a draft, or gives an open invoice
 * that no mail server has accepted yet its `sent_at`. Throws `Conflict` for any other.
 */
export async function markInvoiceSent(
  tx: Tx,
  by: Acting,
  { invoiceId }: { invoiceId: number },
): Promise<InvoiceRow> {
  const invoice = await lockInvoice(tx, { companyId: by.company.id, id: invoiceId });
  const { status, invoiceNumber } = invoice;
  await settleUnsentInvoice(tx, by, { invoiceId, resolution: "it was marked as sent" });
  if (status === "draft") return await issueInvoice(tx, by, invoice, { sentAt: by.now });
  if (status === "paid" || status === "cancelled") {
    throw new Conflict(`Invoice ${invoiceNumber} is ${status} and cannot be marked as sent.`);
  }
  if (invoice.sentAt !== null) throw new Conflict(`Invoice ${invoiceNumber} was already sent.`);
  const marked = await updateInvoiceRow(tx, invoice, { sentAt: by.now, updatedAt: by.now });
  await recordInvoiceEvent(tx, by, "invoice.sent", marked);
  return marked;
}
