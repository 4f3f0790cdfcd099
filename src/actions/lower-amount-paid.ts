import type { Tx } from "../db/client.ts";
import { listInvoiceDeliveries, type DeliveryStatus } from "../db/deliveries.ts";
import { wasToldOverdue } from "../db/events.ts";
import { updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { statusOf } from "./settle-invoice.ts";

/** Of a mail that the client has, or may have. */
const WENT_OUT: ReadonlySet<DeliveryStatus> = new Set(["sending", "accepted", "unknown"]);

/**
 * Takes `amount` minor units back out of what is paid of a locked invoice, which is open again for
 * what it now lacks (BILLING.md 9). One that was paid for while it was a draft is a draft again, unless
 * its mail went out meanwhile; one that failed, was cancelled or blocked, or still waits, sent nothing.
 * One that was overdue on its due date is overdue again.
 */
export async function lowerAmountPaid(
  tx: Tx,
  by: Acting,
  invoice: InvoiceRow,
  amount: bigint,
): Promise<InvoiceRow> {
  const amountPaid = invoice.amountPaid - amount;
  const mails = await listInvoiceDeliveries(tx, {
    companyId: by.company.id,
    invoiceId: invoice.id,
  });
  // A receipt goes to who has paid, and says nothing of whether the invoice went out.
  const wasSent =
    invoice.sentAt !== null ||
    mails.some(({ kind, status }) => kind !== "receipt" && WENT_OUT.has(status));
  const wasOverdue = await wasToldOverdue(tx, invoice);
  const status = statusOf(by, invoice, { amountPaid, wasSent, wasOverdue });
  return await updateInvoiceRow(tx, invoice, {
    amountPaid,
    status,
    paidAt: status === "paid" ? invoice.paidAt : null,
    updatedAt: by.now,
  });
}
