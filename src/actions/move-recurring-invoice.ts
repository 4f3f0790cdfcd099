import { raiseAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import {
  getRecurringInvoice,
  NO_CLIENT,
  updateRecurringInvoiceRow,
  type RecurringInvoiceRow,
} from "../db/recurring-invoices.ts";
import { claimMove, moveClaimed, type MoveSides } from "./move-record.ts";
import { parkedItem } from "./parked-item.ts";

/**
 * Moves a series to another company. Its client and the invoices it has made stay; what it says and
 * where it stands on its grid go with it. Until it has a client there it is parked, and a person is
 * told: a night could bill nobody.
 */
export async function moveRecurringInvoice(
  tx: Tx,
  sides: MoveSides,
  { seriesId }: { seriesId: number },
): Promise<RecurringInvoiceRow> {
  const claimed = await claimMove(tx, sides, { table: "recurring_invoices", id: seriesId });
  const series = await getRecurringInvoice(tx, { companyId: claimed.from, id: seriesId });
  const { now } = sides.to;
  const reason = "it has no client in this company";
  if (series.parkedAt === null) {
    await updateRecurringInvoiceRow(tx, series, {
      parkedAt: now,
      parkedCode: NO_CLIENT,
      parkedReason: reason,
      updatedAt: now,
    });
  }
  await moveClaimed(tx, sides, claimed, { clientId: null });
  if (series.parkedAt === null && series.status !== "completed") {
    await raiseAttention(tx, { companyId: claimed.to, ...parkedItem(seriesId, reason) });
  }
  return await updateRecurringInvoiceRow(
    tx,
    { companyId: claimed.to, id: seriesId },
    { updatedAt: now },
  );
}
