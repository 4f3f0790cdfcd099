import type { Tx } from "../db/client.ts";
import { deleteInvoiceLines, type InvoiceLineRow } from "../db/invoice-lines.ts";
import { waiveLateFeeOfLine } from "../db/invoice-late-fees.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import type { Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { rewriteInvoice } from "./rewrite-invoice.ts";

/**
 * Takes one late fee, with its tax, off a locked invoice. The ledger keeps it as waived, so that the
 * night does not charge it again (BILLING.md 6). Throws `Conflict` when the fee was paid already.
 */
export async function waiveLateFee(
  tx: Tx,
  by: Acting,
  { invoice, line }: { invoice: InvoiceRow; line: InvoiceLineRow },
): Promise<InvoiceRow> {
  const where = { companyId: by.company.id, invoiceId: invoice.id };
  const waived = line.amount + line.taxAmount1 + line.taxAmount2;
  const lateFee = invoice.lateFeeAmount - waived;
  const changed = await rewriteInvoice(tx, by, invoice, {
    lateFee,
    changes: lateFee === 0n ? { lateFeeAppliedAt: null } : {},
    facts: { changed: ["line_items"] },
  });
  await deleteInvoiceLines(tx, { ...where, ids: [line.id] });
  await waiveLateFeeOfLine(tx, { ...where, lineId: line.id, now: by.now });
  await recordInvoiceEvent(tx, by, "invoice.late_fee_waived", changed, { waived });
  return changed;
}
