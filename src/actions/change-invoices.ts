import type { Tx } from "../db/client.ts";
import { lockInvoices, type InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { archiveInvoice } from "./archive-invoice.ts";
import { deleteInvoice } from "./delete-invoice.ts";
import { markInvoiceSent } from "./mark-invoice-sent.ts";

export const invoiceBulkActions = ["archive", "unarchive", "mark-sent", "delete"] as const;
export type InvoiceBulkAction = (typeof invoiceBulkActions)[number];

/**
 * Does one thing to many invoices in one transaction. Those it does not apply to are passed over.
 * Returns how many it changed.
 */
export async function changeInvoices(
  tx: Tx,
  by: Acting,
  { ids, action }: { ids: readonly number[]; action: InvoiceBulkAction },
): Promise<number> {
  const invoices = await lockInvoices(tx, { companyId: by.company.id, ids });
  const concerned = invoices.filter((invoice) => concerns(action, invoice));
  for (const { id: invoiceId } of concerned) await change(tx, by, action, invoiceId);
  return concerned.length;
}

function concerns(action: InvoiceBulkAction, invoice: InvoiceRow): boolean {
  switch (action) {
    case "archive":
      return !invoice.isArchived;
    case "unarchive":
      return invoice.isArchived;
    case "mark-sent":
    case "delete":
      return invoice.status === "draft";
  }
}

async function change(
  tx: Tx,
  by: Acting,
  action: InvoiceBulkAction,
  invoiceId: number,
): Promise<void> {
  switch (action) {
    case "archive":
    case "unarchive":
      await archiveInvoice(tx, by, { invoiceId, isArchived: action === "archive" });
      return;
    case "mark-sent":
      await markInvoiceSent(tx, by, { invoiceId });
      return;
    case "delete":
      await deleteInvoice(tx, by, { invoiceId });
  }
}
