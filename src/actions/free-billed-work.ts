import { freeBilled } from "../db/billed-work.ts";
import type { Tx } from "../db/client.ts";
import type { InvoiceLineRow } from "../db/invoice-lines.ts";
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
  for (const [table, key] of billed) {
    const ids = lines?.flatMap((line) => line[key] ?? []);
    if (ids?.length === 0) continue;
    await freeBilled(tx, table, {
      companyId: by.company.id,
      invoiceId,
      ...(ids === undefined ? {} : { ids }),
      now: by.now,
    });
  }
}

/** Which rows a line may bill, and how it names them. */
const billed = [
  ["time_entries", "timeEntryId"],
  ["expenses", "expenseId"],
] as const;
