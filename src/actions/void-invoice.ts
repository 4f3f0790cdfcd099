import type { Tx } from "../db/client.ts";
import { insertCredit } from "../db/credits.ts";
import { lockInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import { Conflict } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { freeBilledWork } from "./free-billed-work.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";

/**
 * Cancels an invoice that is not paid (BILLING.md 8). It keeps its number and its payments; what was
 * paid becomes a credit of the client, who no longer owes it. Throws `Conflict` when the invoice is
 * paid or cancelled already.
 */
export async function voidInvoice(
  tx: Tx,
  by: Acting,
  { invoiceId }: { invoiceId: number },
): Promise<InvoiceRow> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  if (invoice.status === "paid") {
    throw new Conflict(`Invoice ${invoice.invoiceNumber} is paid and cannot be voided.`);
  }
  if (invoice.status === "cancelled") {
    throw new Conflict(`Invoice ${invoice.invoiceNumber} is already cancelled.`);
  }
  if (invoice.amountPaid > 0n) {
    await insertCredit(tx, {
      companyId,
      clientId: invoice.clientId,
      invoiceId: invoice.id,
      paymentId: null,
      voidedInvoiceId: invoice.id,
      type: "prepayment",
      amount: invoice.amountPaid,
      currency: invoice.currency,
      reason: `Payments of voided invoice ${invoice.invoiceNumber}`,
      creditDate: todayOf(by),
      createdAt: by.now,
    });
  }
  const voided = await updateInvoiceRow(tx, invoice, {
    status: "cancelled",
    voidedAt: by.now,
    updatedAt: by.now,
  });
  await freeBilledWork(tx, by, { invoiceId });
  await recordInvoiceEvent(tx, by, "invoice.voided", voided, { credited: invoice.amountPaid });
  return voided;
}
