import type { Discount } from "../billing/totals.ts";
import type { Tx } from "../db/client.ts";
import { linesOfQuote, listQuoteLines } from "../db/quote-lines.ts";
import { updateQuoteRow, type QuoteChanges, type QuoteRow } from "../db/quotes.ts";
import { todayOf, type Acting } from "./acting.ts";
import {
  discountColumns,
  discountOf,
  draftOfLine,
  priceInvoice,
  type LineDraft,
} from "./price-invoice.ts";
import { recordQuoteEvent } from "./quote-events.ts";
import { writeLines } from "./write-lines.ts";

export interface QuoteRewrite {
  /** The full set of lines. Left out: the lines stay. */
  lines?: readonly LineDraft[];
  discount?: Discount | null;
  /** Columns to be written with it. */
  changes?: Omit<QuoteChanges, "updatedAt" | "status">;
  /** How the caller knows a field of a line, for what is wrong with it. */
  fieldOf?: (index: number, field: string) => string;
  /** More facts for the event. */
  facts?: Readonly<Record<string, unknown>>;
}

/** Changes what a locked quote says and works out its amounts anew. */
export async function rewriteQuote(
  tx: Tx,
  by: Acting,
  quote: QuoteRow,
  rewrite: QuoteRewrite,
): Promise<QuoteRow> {
  const companyId = by.company.id;
  const stored = await listQuoteLines(tx, { companyId, quoteId: quote.id });
  const discount = rewrite.discount === undefined ? discountOf(quote) : rewrite.discount;
  const { lines, subtotal, discountTotal, taxTotal, total } = priceInvoice(by.company, {
    lines: rewrite.lines ?? stored.map(draftOfLine),
    discount,
    adjustment: 0n,
    lateFee: 0n,
    ...(rewrite.fieldOf === undefined ? {} : { fieldOf: rewrite.fieldOf }),
  });
  await writeLines(tx, linesOfQuote(companyId, quote.id), { stored, lines, now: by.now });
  const ref = { companyId, id: quote.id, today: todayOf(by) };
  const changed = await updateQuoteRow(tx, ref, {
    ...rewrite.changes,
    ...discountColumns(discount),
    subtotal,
    discountTotal,
    taxTotal,
    total,
    updatedAt: by.now,
  });
  await recordQuoteEvent(tx, by, "quote.updated", changed, {
    total_before: quote.total,
    ...rewrite.facts,
  });
  return changed;
}
