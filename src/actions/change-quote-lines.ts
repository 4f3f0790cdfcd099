import type { Tx } from "../db/client.ts";
import { getQuoteLine, listQuoteLines, type QuoteLineRow } from "../db/quote-lines.ts";
import { lockQuote, type QuoteRow } from "../db/quotes.ts";
import { todayOf, type Acting } from "./acting.ts";
import { completeLine, plainField, type LineInput } from "./complete-lines.ts";
import { draftOfLine, type LineDraft } from "./price-invoice.ts";
import { rewriteQuote } from "./rewrite-quote.ts";
import { checkQuoteOpen } from "./update-quote.ts";

type OneLine = Omit<LineInput, "id"> & { quoteId: number };
const facts = { changed: ["line_items"] };

/** Adds a line below the others. Throws `Conflict` when the quote was answered or converted. */
export async function addQuoteLine(
  tx: Tx,
  by: Acting,
  { quoteId, ...input }: OneLine,
): Promise<QuoteLineRow> {
  const { quote, drafts } = await lockLines(tx, by, quoteId);
  const last = drafts.reduce((most, draft) => Math.max(most, draft.sortOrder), -1);
  const line = { ...input, sortOrder: input.sortOrder ?? last + 1 };
  const added = await completeLine(tx, by.company, line);
  await rewriteQuote(tx, by, quote, { lines: [...drafts, added], fieldOf: plainField, facts });
  const known = new Set(drafts.map((draft) => draft.id));
  const lines = await listQuoteLines(tx, { companyId: by.company.id, quoteId });
  return lines.find(({ id }) => !known.has(id))!;
}

/** Writes a line anew; its service, taxes and place stay when they are left out. */
export async function updateQuoteLine(
  tx: Tx,
  by: Acting,
  { quoteId, lineId, ...input }: OneLine & { lineId: number },
): Promise<QuoteLineRow> {
  const where = { companyId: by.company.id, quoteId, id: lineId };
  const { quote, drafts } = await lockLines(tx, by, quoteId);
  const stored = await getQuoteLine(tx, where);
  const line = { ...input, id: lineId, sortOrder: input.sortOrder ?? stored.sortOrder };
  const changed = await completeLine(tx, by.company, line, { known: drafts });
  await rewriteQuote(tx, by, quote, {
    lines: drafts.map((draft) => (draft.id === lineId ? changed : draft)),
    fieldOf: plainField,
    facts,
  });
  return await getQuoteLine(tx, where);
}

export async function deleteQuoteLine(
  tx: Tx,
  by: Acting,
  { quoteId, lineId }: { quoteId: number; lineId: number },
): Promise<void> {
  const { quote, drafts } = await lockLines(tx, by, quoteId);
  await getQuoteLine(tx, { companyId: by.company.id, quoteId, id: lineId });
  await rewriteQuote(tx, by, quote, { lines: drafts.filter(({ id }) => id !== lineId), facts });
}

async function lockLines(
  tx: Tx,
  by: Acting,
  quoteId: number,
): Promise<{ quote: QuoteRow; drafts: (LineDraft & { id: number })[] }> {
  const companyId = by.company.id;
  const quote = await lockQuote(tx, { companyId, id: quoteId, today: todayOf(by) });
  checkQuoteOpen(quote);
  const lines = await listQuoteLines(tx, { companyId, quoteId });
  return { quote, drafts: lines.map(draftOfLine) };
}
