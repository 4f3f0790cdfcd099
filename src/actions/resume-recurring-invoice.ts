import type { Tx } from "../db/client.ts";
import {
  lockRecurringInvoice,
  updateRecurringInvoiceRow,
  type RecurringInvoiceRow,
} from "../db/recurring-invoices.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordSeriesEvent } from "./recurring-invoice-events.ts";
import { passOver } from "./series-schedule.ts";

/**
 * Lets the nights generate again, from the first occurrence of the same grid that is today or later;
 * those of the pause are recorded as skipped (BILLING.md 1.5, case C7). Throws `Conflict` unless paused.
 */
export async function resumeRecurringInvoice(
  tx: Tx,
  by: Acting,
  { seriesId }: { seriesId: number },
): Promise<RecurringInvoiceRow> {
  const series = await lockRecurringInvoice(tx, { companyId: by.company.id, id: seriesId });
  if (series.status !== "paused") {
    throw new Conflict(
      `Only a paused recurring invoice can be resumed; this one is ${series.status}.`,
    );
  }
  return await resumeLocked(tx, by, series);
}

/** The same for a paused series whose row the transaction holds. */
export async function resumeLocked(
  tx: Tx,
  by: Acting,
  series: RecurringInvoiceRow,
): Promise<RecurringInvoiceRow> {
  const standing = await passOver(tx, by, { ...series, status: "active" }, "paused");
  const resumed = await updateRecurringInvoiceRow(tx, series, { ...standing, updatedAt: by.now });
  await recordSeriesEvent(tx, by, "recurring-invoice.resumed", resumed);
  return resumed;
}
