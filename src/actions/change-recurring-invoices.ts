import type { Tx } from "../db/client.ts";
import { lockRecurringInvoices, type RecurringInvoiceRow } from "../db/recurring-invoices.ts";
import type { Acting } from "./acting.ts";
import { archiveLocked } from "./archive-recurring-invoice.ts";
import { deleteLocked } from "./delete-recurring-invoice.ts";
import { pauseLocked } from "./pause-recurring-invoice.ts";
import { resumeLocked } from "./resume-recurring-invoice.ts";

export const recurringBulkActions = ["activate", "pause", "archive", "delete"] as const;
export type RecurringBulkAction = (typeof recurringBulkActions)[number];

/**
 * Does one thing to many series; says how many it changed, and which are there. Those it does not fit (a completed
 * one cannot be paused) and ids that are not there are passed over.
 */
export async function changeRecurringInvoices(
  tx: Tx,
  by: Acting,
  { ids, action }: { ids: readonly number[]; action: RecurringBulkAction },
): Promise<{ affected: number; found: number[] }> {
  const all = await lockRecurringInvoices(tx, { companyId: by.company.id, ids });
  const fitting = all.filter((series) => fits(series, action));
  for (const series of fitting) await change(tx, by, series, action);
  return { affected: fitting.length, found: all.map((series) => series.id) };
}

function fits(series: RecurringInvoiceRow, action: RecurringBulkAction): boolean {
  switch (action) {
    case "activate":
      return series.status === "paused";
    case "pause":
      return series.status === "active";
    case "archive":
      return !series.isArchived;
    case "delete":
      return true;
  }
}

async function change(
  tx: Tx,
  by: Acting,
  series: RecurringInvoiceRow,
  action: RecurringBulkAction,
): Promise<void> {
  switch (action) {
    case "activate":
      await resumeLocked(tx, by, series);
      return;
    case "pause":
      await pauseLocked(tx, by, series);
      return;
    case "archive":
      await archiveLocked(tx, by, series, true);
      return;
    case "delete":
      await deleteLocked(tx, by, series);
      return;
  }
}
