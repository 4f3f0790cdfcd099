import type { Tx } from "../db/client.ts";
import {
  lockRecurringInvoice,
  updateRecurringInvoiceRow,
  type RecurringInvoiceRow,
} from "../db/recurring-invoices.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordSeriesEvent } from "./recurring-invoice-events.ts";

/** Stops the nights from generating. The grid stays (BILLING.md 1.5). Throws `Conflict` unless active. */
export async function pauseRecurringInvoice(
  tx: Tx,
  by: Acting,
  { seriesId }: { seriesId: number },
): Promise<RecurringInvoiceRow> {
  const series = await lockRecurringInvoice(tx, { companyId: by.company.id, id: seriesId });
  if (series.status !== "active") {
    throw new Conflict(
      `Only an active recurring invoice can be paused; this one is ${series.status}.`,
    );
  }
  return await pauseLocked(tx, by, series);
}

/** The same for an active series whose row the transaction holds. */
export async function pauseLocked(
  tx: Tx,
  by: Acting,
  series: RecurringInvoiceRow,
): Promise<RecurringInvoiceRow> {
  const paused = await updateRecurringInvoiceRow(tx, series, {
    status: "paused",
    updatedAt: by.now,
  });
  await recordSeriesEvent(tx, by, "recurring-invoice.paused", paused);
  return paused;
}
