import type { Tx } from "../db/client.ts";
import type { InvoiceLineRow } from "../db/invoice-lines.ts";
import { freeTimeOfInvoice } from "../db/time-entries.ts";
import type { Acting } from "./acting.ts";

/**
 * Lets what an invoice billed be billed again (BILLING.md 9): all of it, when the invoice is voided
 * or deleted, or what the given lines billed, when they are taken off it.
 */
export async function freeBilledWork(
  tx: Tx,
  by: Acting,
  { invoiceId, lines }: { invoiceId: number; lines?: readonly InvoiceLineRow[] },
): Promise<void> {
  const ids = lines?.flatMap((line) => line.timeEntryId ?? []);
  if (ids?.length === 0) return;
  await freeTimeOfInvoice(tx, {
    companyId: by.company.id,
    invoiceId,
    ...(ids === undefined ? {} : { ids }),
    now: by.now,
  });
}
