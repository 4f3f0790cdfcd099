import type { Tx } from "../db/client.ts";
import {
  lockRecurringInvoice,
  markRecurringInvoiceDeleted,
  type RecurringInvoiceRow,
} from "../db/recurring-invoices.ts";
import type { Acting } from "./acting.ts";
import { recordSeriesEvent } from "./recurring-invoice-events.ts";

/** Ends a series for good. Its invoices stay; so does the row, unseen, for they refer to it. */
export async function deleteRecurringInvoice(
  tx: Tx,
  by: Acting,
  { seriesId }: { seriesId: number },
): Promise<void> {
  const series = await lockRecurringInvoice(tx, { companyId: by.company.id, id: seriesId });
  await deleteLocked(tx, by, series);
}

/** The same for a series whose row the transaction holds. */
export async function deleteLocked(tx: Tx, by: Acting, series: RecurringInvoiceRow): Promise<void> {
  const companyId = by.company.id;
  await markRecurringInvoiceDeleted(tx, { companyId, id: series.id, now: by.now });
  await recordSeriesEvent(tx, by, "recurring-invoice.deleted", series);
}
