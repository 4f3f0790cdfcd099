import type { Tx } from "../db/client.ts";
import { listInvoiceLines } from "../db/invoice-lines.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { discountOf, draftOfLine } from "./price-invoice.ts";
import { writeDraftInvoice } from "./write-draft-invoice.ts";

/**
 * Writes a new draft of today with the client, lines, discount, adjustment and texts of another
 * invoice, in whatever status that is, and the next number. Late fees and payments are not taken
 * along; the amounts are worked out anew.
 */
export async function duplicateInvoice(
  tx: Tx,
  by: Acting,
  { invoiceId }: { invoiceId: number },
): Promise<InvoiceRow> {
  const companyId = by.company.id;
  const original = await lockInvoice(tx, { companyId, id: invoiceId });
  const lines = await listInvoiceLines(tx, { companyId, invoiceId });
  const { clientId, currency, adjustmentAmount, adjustmentDescription } = original;
  const { notes, terms, footer } = original;
  return await writeDraftInvoice(tx, by, {
    clientId,
    currency,
    discount: discountOf(original),
    adjustmentAmount,
    adjustmentDescription,
    notes,
    terms,
    footer,
    lines: lines.filter((line) => !line.isLateFee).map(draftOfLine),
    facts: { duplicate_of: original.id },
  });
}
