import type { Tx } from "../db/client.ts";
import { lockInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import { todayOf, type Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { applyPayment, checkPayable } from "./record-payment.ts";

/**
 * Pays an invoice in full: a payment of today for what it still lacks (BILLING.md 9). Throws
 * `Conflict` as `recordPayment` does.
 */
export async function markInvoicePaid(
  tx: Tx,
  by: Acting,
  { invoiceId }: { invoiceId: number },
): Promise<InvoiceRow> {
  const invoice = await lockInvoice(tx, { companyId: by.company.id, id: invoiceId });
  checkPayable(invoice);
  if (invoice.amountDue === 0n) {
    // Nothing to pay, so no payment row: it cannot hold a zero.
    const paid = await updateInvoiceRow(tx, invoice, {
      status: "paid",
      paidAt: by.now,
      updatedAt: by.now,
    });
    await recordInvoiceEvent(tx, by, "invoice.paid", paid);
    return paid;
  }
  const result = await applyPayment(tx, by, invoice, {
    amount: invoice.amountDue,
    paymentDate: todayOf(by),
    paymentMethod: null,
    reference: null,
    notes: null,
  });
  return result.invoice;
}
