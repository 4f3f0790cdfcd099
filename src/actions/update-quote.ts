import type { LocalDate } from "../billing/dates.ts";
import type { Tx } from "../db/client.ts";
import { listQuoteDeliveries } from "../db/deliveries.ts";
import { listQuoteLines } from "../db/quote-lines.ts";
import { lockQuote, updateQuoteRow, type QuoteRow } from "../db/quotes.ts";
import { Conflict } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { completeLines, type LineInput } from "./complete-lines.ts";
import { getBillableClient } from "./create-invoice.ts";
import { checkQuoteDates } from "./create-quote.ts";
import { differences, fieldNames } from "./differences.ts";
import { mergeDiscount, type DiscountInput } from "./discounts.ts";
import { discountColumns, discountOf, draftOfLine, lineItemField } from "./price-invoice.ts";
import { recordQuoteEvent } from "./quote-events.ts";
import { checkNotLeaving } from "./request-mail.ts";
import { rewriteQuote } from "./rewrite-quote.ts";

/** What is left out stays as it is. */
export interface UpdateQuoteInput {
  quoteId: number;
  clientId?: number | undefined;
  issueDate?: LocalDate | undefined;
  expiryDate?: LocalDate | undefined;
  currency?: string | undefined;
  discount?: DiscountInput | undefined;
  notes?: string | null | undefined;
  terms?: string | null | undefined;
  footer?: string | null | undefined;
  isArchived?: boolean | undefined;
  /** The full set: lines with an id are changed, those without one added, the others removed. */
  lines?: readonly LineInput[] | undefined;
}

const columns = [
  "clientId",
  "issueDate",
  "expiryDate",
  "currency",
  "discountType",
  "discountValue",
  "notes",
  "terms",
  "footer",
  "isArchived",
] as const;
type Column = (typeof columns)[number];

/** What may still be written on a quote the client has answered, or that was converted. */
const alwaysEditable = new Set<Column>(["notes", "terms", "footer", "isArchived"]);
/** What nobody may change once the client has the quote. */
const draftOnly = new Set<Column>(["clientId", "currency"]);

/**
 * Changes a quote. A draft may change in everything; one the client has keeps client and currency;
 * one that was answered or converted only gets other texts. A mail that waits goes to the new client. A value that is what it was is no change.
 * Throws `Conflict` for what the status forbids, `InvalidInput` for wrong values.
 */
export async function updateQuote(tx: Tx, by: Acting, input: UpdateQuoteInput): Promise<QuoteRow> {
  const ref = { companyId: by.company.id, id: input.quoteId, today: todayOf(by) };
  const quote = await lockQuote(tx, ref);
  const discount = mergeDiscount(discountOf(quote), input.discount ?? {});
  const wanted = { ...input, ...discountColumns(discount) };
  const { changes, changed } = differences(quote, wanted, columns);
  if (input.lines !== undefined || changed.some((column) => !alwaysEditable.has(column))) {
    checkQuoteOpen(quote);
  }
  if (quote.status !== "draft" && changed.some((column) => draftOnly.has(column))) {
    throw new Conflict(
      `Quote ${quote.quoteNumber} is ${quote.status}: client and currency can only be changed on a draft.`,
    );
  }
  checkQuoteDates(
    { ...quote, ...changes },
    input.expiryDate === undefined ? "issue_date" : "expiry_date",
  );
  if (changes.clientId !== undefined) {
    const mails = await listQuoteDeliveries(tx, { companyId: ref.companyId, quoteId: quote.id });
    checkNotLeaving(`Quote ${quote.quoteNumber}`, mails);
    await getBillableClient(tx, ref.companyId, changes.clientId);
  }

  const names = fieldNames(changed);
  if (input.lines !== undefined) {
    const stored = await listQuoteLines(tx, { companyId: ref.companyId, quoteId: quote.id });
    const lines = await completeLines(tx, by.company, {
      lines: input.lines,
      known: new Map(stored.map((line) => [line.id, draftOfLine(line)])),
      fieldOf: lineItemField,
    });
    const facts = { changed: [...names, "line_items"] };
    return await rewriteQuote(tx, by, quote, { discount, changes, lines, facts });
  }
  if (changed.includes("discountType") || changed.includes("discountValue")) {
    return await rewriteQuote(tx, by, quote, { discount, changes, facts: { changed: names } });
  }
  if (changed.length === 0) return quote;
  const updated = await updateQuoteRow(tx, ref, { ...changes, updatedAt: by.now });
  await recordQuoteEvent(tx, by, "quote.updated", updated, { changed: names });
  return updated;
}

/** Throws `Conflict` when a quote was answered or converted: what was agreed on stays as it is. */
export function checkQuoteOpen(quote: QuoteRow): void {
  const { status, quoteNumber } = quote;
  const state =
    quote.convertedToInvoiceId !== null || quote.isInvoicedElsewhere
      ? "converted"
      : status === "accepted" || status === "declined"
        ? status
        : undefined;
  if (state === undefined) return;
  throw new Conflict(
    `Quote ${quoteNumber} is ${state}: only its notes, terms and footer can be changed.`,
  );
}
