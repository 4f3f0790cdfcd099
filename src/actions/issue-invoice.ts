import type { Tx } from "../db/client.ts";
import { updateInvoiceRow, type InvoiceChanges, type InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";

/**
 * Turns a locked draft into an issued invoice: `sent`, or `paid` at once when there is nothing to pay
 * (BILLING.md 5.3, case F23), which also means that nobody mails it.
 */
export async function issueInvoice(
  tx: Tx,
  by: Acting,
  invoice: InvoiceRow,
  changes: Pick<InvoiceChanges, "sentAt"> = {},
): Promise<InvoiceRow> {
  const isFree = invoice.total === 0n;
  const issued = await updateInvoiceRow(tx, invoice, {
    ...changes,
    ...(isFree ? { status: "paid", paidAt: by.now } : { status: "sent" }),
    updatedAt: by.now,
  });
  await recordInvoiceEvent(tx, by, isFree ? "invoice.paid" : "invoice.sent", issued);
  return issued;
}
