import type { Tx } from "../db/client.ts";
import type { DeliveryRow } from "../db/deliveries.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { markInvoiceSent } from "./mark-invoice-sent.ts";
import { sendInvoice } from "./send-invoice.ts";

/**
 * Issues a draft without a mail: as `markInvoiceSent`, but once. Throws `Conflict` when it is no draft
 * any more.
 */
export async function publishInvoice(
  tx: Tx,
  by: Acting,
  { invoiceId }: { invoiceId: number },
): Promise<InvoiceRow> {
  const { status, invoiceNumber } = await lockInvoice(tx, {
    companyId: by.company.id,
    id: invoiceId,
  });
  if (status !== "draft") {
    const text = `Invoice ${invoiceNumber} is ${status}: it was published already.`;
    throw new Conflict(text, { code: "already_published" });
  }
  return await markInvoiceSent(tx, by, { invoiceId });
}

/** Mails an invoice that was issued, as `sendInvoice` does. Throws `Conflict` for a draft. */
export async function emailInvoice(
  tx: Tx,
  by: Acting,
  { invoiceId }: { invoiceId: number },
): Promise<{ invoice: InvoiceRow; delivery: DeliveryRow | undefined }> {
  const { status, invoiceNumber } = await lockInvoice(tx, {
    companyId: by.company.id,
    id: invoiceId,
  });
  if (status === "draft") {
    const text = `Invoice ${invoiceNumber} is a draft: publish it first.`;
    throw new Conflict(text, { code: "invoice_is_draft" });
  }
  return await sendInvoice(tx, by, { invoiceId });
}
