import type { LocalDate } from "../billing/dates.ts";
import type { Discount } from "../billing/totals.ts";
import type { Tx } from "../db/client.ts";
import { findTakenNumbers } from "../db/counters.ts";
import { insertPricedLines, deletePricedLines } from "../db/priced-lines.ts";
import { linesOfQuote, listQuoteLines } from "../db/quote-lines.ts";
import { insertQuote, lockQuotes, updateQuoteRow, type QuoteRow } from "../db/quotes.ts";
import { Conflict } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import type { Facts, RecordWriter } from "./bring-in-records.ts";
import { discountColumns, priceInvoice, type LineDraft } from "./price-invoice.ts";
import { requireFeature } from "./require-plan.ts";

export interface IncomingQuote {
  clientId: number;
  quoteNumber: string;
  issueDate: LocalDate;
  expiryDate: LocalDate;
  currency: string;
  status: "draft" | "sent" | "viewed" | "accepted" | "declined";
  /** When it got that far; null for a draft. */
  statusAt: Date | null;
  isArchived: boolean;
  lines: readonly LineDraft[];
  discount: Discount | null;
  notes: string | null;
  terms: string | null;
}

/** Estimates with their numbers, dates and statuses; nothing is mailed. */
export const quoteWriter: RecordWriter<IncomingQuote> = {
  kind: "quote",
  subjectType: "quote",

  async insert(tx, by, fields) {
    requireFeature(by.company, "quotes");
    const companyId = by.company.id;
    const numbers = [fields.quoteNumber];
    if ((await findTakenNumbers(tx, { companyId, kind: "quote", numbers })).length > 0) {
      throw new Conflict(`Another quote here has the number ${fields.quoteNumber}.`);
    }
    const { lines, columns } = priced(by, fields);
    const quote = await insertQuote(tx, {
      companyId,
      quoteNumber: fields.quoteNumber,
      footer: null,
      createdAt: by.now,
      ...columns,
    });
    await insertPricedLines(tx, { ...linesOfQuote(companyId, quote.id), now: by.now }, lines);
    await updateQuoteRow(
      tx,
      { companyId, id: quote.id, today: todayOf(by) },
      { ...stateOf(fields), updatedAt: by.now },
    );
    return { id: quote.id };
  },

  async read(tx, by, id) {
    const quote = await lock(tx, by, id);
    return quote === undefined ? undefined : await factsOf(tx, quote);
  },

  async overwrite(tx, by, id, fields) {
    const companyId = by.company.id;
    const quote = await lock(tx, by, id);
    if (quote === undefined) throw new Conflict("It was deleted here.");
    if (quote.convertedToInvoiceId !== null || quote.convertedToProjectId !== null) {
      throw new Conflict("It became an invoice or a project here, and stays as it is.");
    }
    const { lines, columns } = priced(by, fields);
    const owner = linesOfQuote(companyId, id);
    const stored = await listQuoteLines(tx, { companyId, quoteId: id });
    await deletePricedLines(tx, { ...owner, ids: stored.map((line) => line.id) });
    await insertPricedLines(tx, { ...owner, now: by.now }, lines);
    await updateQuoteRow(
      tx,
      { companyId, id, today: todayOf(by) },
      { ...columns, ...stateOf(fields), updatedAt: by.now },
    );
  },
};

async function lock(tx: Tx, by: Acting, id: number): Promise<QuoteRow | undefined> {
  const [quote] = await lockQuotes(tx, {
    companyId: by.company.id,
    ids: [id],
    // A day on which nothing is expired: what is compared is what is stored.
    today: "0001-01-01",
  });
  return quote;
}

function stateOf({ status, statusAt }: IncomingQuote) {
  return {
    status,
    sentAt: statusAt,
    viewedAt: status === "viewed" ? statusAt : null,
    acceptedAt: status === "accepted" ? statusAt : null,
    declinedAt: status === "declined" ? statusAt : null,
  };
}

function priced({ company }: Acting, fields: IncomingQuote) {
  const { lines, subtotal, discountTotal, taxTotal, total } = priceInvoice(company, {
    lines: fields.lines,
    discount: fields.discount,
    adjustment: 0n,
    lateFee: 0n,
  });
  const { clientId, isArchived, issueDate, expiryDate, currency, notes, terms } = fields;
  return {
    lines,
    columns: {
      clientId,
      isArchived,
      issueDate,
      expiryDate,
      currency,
      ...discountColumns(fields.discount),
      subtotal,
      discountTotal,
      taxTotal,
      total,
      notes,
      terms,
    },
  };
}

async function factsOf(tx: Tx, quote: QuoteRow): Promise<Facts> {
  const lines = await listQuoteLines(tx, { companyId: quote.companyId, quoteId: quote.id });
  return {
    clientId: quote.clientId,
    quoteNumber: quote.quoteNumber,
    status: quote.status,
    isArchived: quote.isArchived,
    issueDate: quote.issueDate,
    expiryDate: quote.expiryDate,
    currency: quote.currency,
    total: quote.total,
    notes: quote.notes,
    terms: quote.terms,
    lines: lines.map(({ description, quantity, unitPrice, amount }) => ({
      description,
      quantity,
      unitPrice,
      amount,
    })),
  };
}
