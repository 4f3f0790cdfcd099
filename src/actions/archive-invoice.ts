import type { Tx } from "../db/client.ts";
import { lockInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";

/** Puts an invoice away, or takes it back. Its status stays. Doing it again changes nothing. */
export async function archiveInvoice(
  tx: Tx,
  by: Acting,
  { invoiceId, isArchived }: { invoiceId: number; isArchived: boolean },
): Promise<InvoiceRow> {
  const invoice = await lockInvoice(tx, { companyId: by.company.id, id: invoiceId });
  if (invoice.isArchived === isArchived) return invoice;
  const changed = await updateInvoiceRow(tx, invoice, { isArchived, updatedAt: by.now });
  await recordInvoiceEvent(tx, by, isArchived ? "invoice.archived" : "invoice.unarchived", changed);
  return changed;
}
