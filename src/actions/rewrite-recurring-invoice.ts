import type { Discount } from "../billing/totals.ts";
import type { Tx } from "../db/client.ts";
import {
  deleteRecurringInvoiceLines,
  insertRecurringInvoiceLines,
  listRecurringInvoiceLines,
  updateRecurringInvoiceLines,
  type RecurringInvoiceLineRow,
  type RecurringInvoiceLineValues,
} from "../db/recurring-invoice-lines.ts";
import {
  updateRecurringInvoiceRow,
  type RecurringInvoiceChanges,
  type RecurringInvoiceRow,
} from "../db/recurring-invoices.ts";
import type { Acting } from "./acting.ts";
import {
  discountColumns,
  discountOf,
  draftOfLine,
  priceInvoice,
  type LineDraft,
  type PricedLine,
} from "./price-invoice.ts";
import { recordSeriesEvent } from "./recurring-invoice-events.ts";

export interface SeriesRewrite {
  changes?: Omit<RecurringInvoiceChanges, "updatedAt">;
  discount?: Discount | null;
  /** The full set, in order. Left out: the lines stay. */
  lines?: readonly LineDraft[];
  /** Names a field of a line as the caller knows it. */
  fieldOf?: (index: number, field: string) => string;
  /** What to say in the event beside the usual facts. */
  facts?: Readonly<Record<string, unknown>>;
}

/**
 * Changes what a locked series says and works out anew what one invoice of it comes to. Invoices
 * already made stay as they are.
 */
export async function rewriteRecurringInvoice(
  tx: Tx,
  by: Acting,
  series: RecurringInvoiceRow,
  rewrite: SeriesRewrite,
): Promise<RecurringInvoiceRow> {
  const stored = await listRecurringInvoiceLines(tx, {
    companyId: by.company.id,
    seriesIds: [series.id],
  });
  const discount = rewrite.discount === undefined ? discountOf(series) : rewrite.discount;
  const { lines, subtotal, discountTotal, taxTotal, total } = priceInvoice(by.company, {
    lines: rewrite.lines ?? stored.map(draftOfLine),
    discount,
    adjustment: 0n,
    lateFee: 0n,
    ...(rewrite.fieldOf === undefined ? {} : { fieldOf: rewrite.fieldOf }),
  });
  await writeLines(tx, by, series.id, stored, lines);
  const changed = await updateRecurringInvoiceRow(tx, series, {
    ...rewrite.changes,
    ...discountColumns(discount),
    subtotal,
    discountTotal,
    taxTotal,
    total,
    updatedAt: by.now,
  });
  await recordSeriesEvent(tx, by, "recurring-invoice.updated", changed, {
    total_before: series.total,
    ...rewrite.facts,
  });
  return changed;
}

/** A priced line as a series keeps it: without its share of the discount. */
export function seriesLineValues(seriesId: number, line: PricedLine): RecurringInvoiceLineValues {
  const { discountAmount: _share, id: _id, ...values } = line;
  return { ...values, recurringInvoiceId: seriesId };
}

async function writeLines(
  tx: Tx,
  by: Acting,
  seriesId: number,
  stored: readonly RecurringInvoiceLineRow[],
  lines: readonly PricedLine[],
): Promise<void> {
  const where = { companyId: by.company.id, now: by.now };
  const kept = lines.flatMap((line) =>
    line.id === undefined ? [] : [{ ...seriesLineValues(seriesId, line), id: line.id }],
  );
  const keptIds = new Set(kept.map((line) => line.id));
  const dropped = stored.filter((line) => !keptIds.has(line.id)).map((line) => line.id);
  await deleteRecurringInvoiceLines(tx, { companyId: where.companyId, seriesId, ids: dropped });
  await updateRecurringInvoiceLines(tx, where, kept);
  await insertRecurringInvoiceLines(
    tx,
    where,
    lines.filter((line) => line.id === undefined).map((line) => seriesLineValues(seriesId, line)),
  );
}
