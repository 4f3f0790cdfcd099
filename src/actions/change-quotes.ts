import type { LocalDate } from "../billing/dates.ts";
import type { Tx } from "../db/client.ts";
import { lockQuotes, markQuoteDeleted, updateQuoteRow, type QuoteRow } from "../db/quotes.ts";
import { Conflict, InvalidInput } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { recordQuoteEvent } from "./quote-events.ts";

export const quoteBulkActions = ["archive", "unarchive", "mark-sent", "delete"] as const;
export type QuoteBulkAction = (typeof quoteBulkActions)[number];

/**
 * Does one thing to many quotes in one transaction. Those it does not apply to are passed over.
 * Returns how many it changed.
 */
export async function changeQuotes(
  tx: Tx,
  by: Acting,
  { ids, action }: { ids: readonly number[]; action: QuoteBulkAction },
): Promise<number> {
  const companyId = by.company.id;
  const today = todayOf(by);
  const quotes = await lockQuotes(tx, { companyId, ids, today });
  const concerned = quotes.filter((quote) => concerns(action, quote, today));
  for (const quote of concerned) {
    if (action === "mark-sent") await markQuoteSent(tx, by, quote);
    else if (action === "delete") await deleteQuote(tx, by, quote);
    else await archiveQuote(tx, by, quote, action === "archive");
  }
  return concerned.length;
}

function concerns(action: QuoteBulkAction, quote: QuoteRow, today: LocalDate): boolean {
  if (action === "archive") return !quote.isArchived;
  if (action === "unarchive") return quote.isArchived;
  if (action === "mark-sent") return quote.status === "draft" && quote.expiryDate >= today;
  return quote.status === "draft";
}

/** Puts a locked quote away, or takes it back. Doing it again changes nothing. */
export async function archiveQuote(
  tx: Tx,
  by: Acting,
  quote: QuoteRow,
  isArchived: boolean,
): Promise<QuoteRow> {
  if (quote.isArchived === isArchived) return quote;
  const changed = await updateQuoteRow(tx, refOf(by, quote), { isArchived, updatedAt: by.now });
  await recordQuoteEvent(tx, by, isArchived ? "quote.archived" : "quote.unarchived", changed);
  return changed;
}

/**
 * Says that a locked quote reached its client without our mail. Throws `Conflict` when the client
 * has answered it, or has it already.
 */
export async function markQuoteSent(tx: Tx, by: Acting, quote: QuoteRow): Promise<QuoteRow> {
  const { status, quoteNumber } = quote;
  if (status !== "draft") throw new Conflict(`Quote ${quoteNumber} is ${status} already.`);
  if (quote.expiryDate < todayOf(by)) {
    throw new InvalidInput({ expiry_date: ["The quote has expired; give it a later date first."] });
  }
  const changes = { status: "sent", sentAt: by.now, updatedAt: by.now } as const;
  const sent = await updateQuoteRow(tx, refOf(by, quote), changes);
  await recordQuoteEvent(tx, by, "quote.sent", sent);
  return sent;
}

/** Deletes a locked draft; row and number stay behind, unseen. Any other status is a 422 (contract). */
export async function deleteQuote(tx: Tx, by: Acting, quote: QuoteRow): Promise<void> {
  if (quote.status !== "draft") {
    const text = `Only draft quotes can be deleted; ${quote.quoteNumber} is ${quote.status}.`;
    throw new InvalidInput({ status: [text] }, { code: "not_a_draft" });
  }
  await markQuoteDeleted(tx, { companyId: by.company.id, id: quote.id, now: by.now });
  await recordQuoteEvent(tx, by, "quote.deleted", quote);
}

function refOf(by: Acting, quote: QuoteRow) {
  return { companyId: by.company.id, id: quote.id, today: todayOf(by) };
}
