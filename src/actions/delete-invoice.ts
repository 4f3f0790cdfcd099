import type { Tx } from "../db/client.ts";
import { lockInvoice, markInvoiceDeleted } from "../db/invoices.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { dropArtifacts } from "./change-artifacts.ts";
import { freeBilledWork } from "./free-billed-work.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";

/**
 * Deletes a draft or a cancelled invoice; the row and its number stay behind, unseen. An issued
 * invoice is a fact in the client's books: throws `Conflict`, it can be voided instead.
 */
export async function deleteInvoice(
  tx: Tx,
  by: Acting,
  { invoiceId }: { invoiceId: number },
): Promise<void> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  if (invoice.status !== "draft" && invoice.status !== "cancelled") {
    const way = invoice.status === "paid" ? "" : " Void it first.";
    throw new Conflict(
      `Invoice ${invoice.invoiceNumber} is ${invoice.status}; only drafts and cancelled invoices can be deleted.${way}`,
    );
  }
  await markInvoiceDeleted(tx, { companyId, id: invoiceId, now: by.now });
  await dropArtifacts(tx, by, { invoiceId });
  await freeBilledWork(tx, by, { invoiceId });
  await recordInvoiceEvent(tx, by, "invoice.deleted", invoice);
}
