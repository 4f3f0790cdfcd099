import type { Tx } from "../db/client.ts";
import {
  lockRecurringInvoice,
  updateRecurringInvoiceRow,
  type RecurringInvoiceRow,
} from "../db/recurring-invoices.ts";
import type { Acting } from "./acting.ts";
import { recordSeriesEvent } from "./recurring-invoice-events.ts";
import { passOver } from "./series-schedule.ts";

/**
 * Puts a series away, where no night finds it, or takes it back. An active one that is taken back
 * goes on with the first occurrence that is today or later; nobody expects bills for the time between.
 * Doing it again changes nothing.
 */
export async function archiveRecurringInvoice(
  tx: Tx,
  by: Acting,
  { seriesId, isArchived }: { seriesId: number; isArchived: boolean },
): Promise<RecurringInvoiceRow> {
  const series = await lockRecurringInvoice(tx, { companyId: by.company.id, id: seriesId });
  if (series.isArchived === isArchived) return series;
  return await archiveLocked(tx, by, series, isArchived);
}

/** The same for a series whose row the transaction holds and that is not so yet. */
export async function archiveLocked(
  tx: Tx,
  by: Acting,
  series: RecurringInvoiceRow,
  isArchived: boolean,
): Promise<RecurringInvoiceRow> {
  const standing =
    !isArchived && series.status === "active" ? await passOver(tx, by, series, "archived") : {};
  const changed = await updateRecurringInvoiceRow(tx, series, {
    ...standing,
    isArchived,
    updatedAt: by.now,
  });
  const type = isArchived ? "recurring-invoice.archived" : "recurring-invoice.unarchived";
  await recordSeriesEvent(tx, by, type, changed);
  return changed;
}
