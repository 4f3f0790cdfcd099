import { addDays, type LocalDate } from "../billing/dates.ts";
import type { Discount } from "../billing/totals.ts";
import type { Tx } from "../db/client.ts";
import { insertPricedLines } from "../db/priced-lines.ts";
import { linesOfQuote, listQuoteLines } from "../db/quote-lines.ts";
import { insertQuote, lockQuote, type NewQuote, type QuoteRow } from "../db/quotes.ts";
import { InvalidInput } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { completeLines, type LineInput } from "./complete-lines.ts";
import { getBillableClient } from "./create-invoice.ts";
import { mergeDiscount, type DiscountInput } from "./discounts.ts";
import {
  discountColumns,
  discountOf,
  draftOfLine,
  lineItemField,
  priceInvoice,
  type LineDraft,
} from "./price-invoice.ts";
import { recordQuoteEvent } from "./quote-events.ts";
import { requireFeature } from "./require-plan.ts";
import { takeQuoteNumbers } from "./take-numbers.ts";

export interface CreateQuoteInput {
  clientId: number;
  /** Default: today, where the company is. */
  issueDate?: LocalDate | undefined;
  /** Default: 30 days after the issue date. */
  expiryDate?: LocalDate | undefined;
  /** Default: the client's. */
  currency?: string | undefined;
  discount?: DiscountInput | undefined;
  notes?: string | null | undefined;
  terms?: string | null | undefined;
  footer?: string | null | undefined;
  isArchived?: boolean | undefined;
  lines?: readonly LineInput[] | undefined;
}

const VALID_DAYS = 30;

/** Writes a draft with the company's next quote number. Throws `InvalidInput` for what does not fit. */
export async function createQuote(tx: Tx, by: Acting, input: CreateQuoteInput): Promise<QuoteRow> {
  const client = await getBillableClient(tx, by.company.id, input.clientId);
  const issueDate = input.issueDate ?? todayOf(by);
  const expiryDate = input.expiryDate ?? lastDayOf(issueDate);
  checkQuoteDates({ issueDate, expiryDate }, "expiry_date");
  return await writeQuote(tx, by, {
    quote: {
      clientId: client.id,
      isArchived: input.isArchived ?? false,
      issueDate,
      expiryDate,
      currency: input.currency ?? client.currency,
      notes: input.notes ?? null,
      terms: input.terms ?? null,
      footer: input.footer ?? null,
    },
    discount: mergeDiscount(null, input.discount ?? {}),
    lines: await completeLines(tx, by.company, {
      lines: input.lines ?? [],
      known: new Map(),
      fieldOf: lineItemField,
    }),
  });
}

/** Writes a new draft of today with the client, lines, discount and texts of another quote. */
export async function duplicateQuote(
  tx: Tx,
  by: Acting,
  { quoteId }: { quoteId: number },
): Promise<QuoteRow> {
  const companyId = by.company.id;
  const issueDate = todayOf(by);
  const original = await lockQuote(tx, { companyId, id: quoteId, today: issueDate });
  await getBillableClient(tx, companyId, original.clientId);
  const { clientId, currency, notes, terms, footer } = original;
  const lines = await listQuoteLines(tx, { companyId, quoteId });
  return await writeQuote(tx, by, {
    quote: {
      clientId,
      isArchived: false,
      issueDate,
      expiryDate: lastDayOf(issueDate),
      currency,
      notes,
      terms,
      footer,
    },
    discount: discountOf(original),
    lines: lines.map(draftOfLine),
    facts: { duplicate_of: original.id },
  });
}

/** Throws `InvalidInput` naming the given field when a quote would end before it begins. */
export function checkQuoteDates(
  { issueDate, expiryDate }: Pick<QuoteRow, "issueDate" | "expiryDate">,
  field: "issue_date" | "expiry_date",
): void {
  if (expiryDate >= issueDate) return;
  throw new InvalidInput({ [field]: ["The expiry date must not be before the issue date."] });
}

async function writeQuote(
  tx: Tx,
  by: Acting,
  input: {
    quote: Pick<
      NewQuote,
      | "clientId"
      | "isArchived"
      | "issueDate"
      | "expiryDate"
      | "currency"
      | "notes"
      | "terms"
      | "footer"
    >;
    discount: Discount | null;
    lines: readonly LineDraft[];
    facts?: Readonly<Record<string, unknown>>;
  },
): Promise<QuoteRow> {
  const { company, now } = by;
  requireFeature(company, "quotes");
  const { lines, subtotal, discountTotal, taxTotal, total } = priceInvoice(company, {
    lines: input.lines,
    discount: input.discount,
    adjustment: 0n,
    lateFee: 0n,
  });
  const [quoteNumber] = await takeQuoteNumbers(tx, company, 1);
  const quote = await insertQuote(tx, {
    companyId: company.id,
    quoteNumber: quoteNumber!,
    ...input.quote,
    ...discountColumns(input.discount),
    subtotal,
    discountTotal,
    taxTotal,
    total,
    createdAt: now,
  });
  await insertPricedLines(tx, { ...linesOfQuote(company.id, quote.id), now }, lines);
  await recordQuoteEvent(tx, by, "quote.created", quote, input.facts);
  return quote;
}

/** Our calendar ends with the year 9999. */
function lastDayOf(issueDate: LocalDate): LocalDate {
  if (issueDate > addDays("9999-12-31", -VALID_DAYS)) {
    throw new InvalidInput({ issue_date: ["The expiry date would be after the year 9999."] });
  }
  return addDays(issueDate, VALID_DAYS);
}
