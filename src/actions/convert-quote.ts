import { isConvertible } from "../billing/quote-statuses.ts";
import type { Tx } from "../db/client.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import type { ProjectRow } from "../db/projects.ts";
import { listQuoteLines } from "../db/quote-lines.ts";
import { lockQuote, updateQuoteRow, type QuoteRef, type QuoteRow } from "../db/quotes.ts";
import { Conflict } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { discountOf, draftOfLine } from "./price-invoice.ts";
import { recordQuoteEvent } from "./quote-events.ts";
import { createProject } from "./save-project.ts";
import { writeDraftInvoice } from "./write-draft-invoice.ts";

/**
 * Writes a draft invoice of today with a quote's client, lines, discount and texts. A quote becomes
 * one invoice. Throws `Conflict` when it became one already, or is not sent, viewed or accepted.
 */
export async function convertQuoteToInvoice(
  tx: Tx,
  by: Acting,
  { quoteId }: { quoteId: number },
): Promise<InvoiceRow> {
  const { quote, ref } = await lockConvertible(tx, by, quoteId, "invoice");
  const lines = await listQuoteLines(tx, { companyId: ref.companyId, quoteId });
  const { clientId, currency, notes, terms, footer } = quote;
  const invoice = await writeDraftInvoice(tx, by, {
    clientId,
    projectId: null,
    categoryId: null,
    currency,
    discount: discountOf(quote),
    adjustments: [],
    notes,
    terms,
    footer,
    lines: lines.map(draftOfLine),
    facts: { quote_id: quote.id },
  });
  const changes = { convertedToInvoiceId: invoice.id, updatedAt: by.now };
  const converted = await updateQuoteRow(tx, ref, changes);
  await recordQuoteEvent(tx, by, "quote.converted", converted, { invoice_id: invoice.id });
  return invoice;
}

/**
 * Writes a project for a quote's client with the company's hourly rate, and with the quote's total as
 * its budget where both are in the company's currency. Throws as `convertQuoteToInvoice` does.
 */
export async function convertQuoteToProject(
  tx: Tx,
  by: Acting,
  { quoteId }: { quoteId: number },
): Promise<ProjectRow> {
  const { quote, ref } = await lockConvertible(tx, by, quoteId, "project");
  const [first] = await listQuoteLines(tx, { companyId: ref.companyId, quoteId });
  const project = await createProject(tx, by, {
    clientId: quote.clientId,
    // A quote has no title; its first line says best what the work is.
    name: nameOf(first?.description ?? `Quote ${quote.quoteNumber}`),
    hourlyRate: by.company.defaultHourlyRate,
    budgetAmount: quote.currency === by.company.currency ? quote.total : null,
  });
  const changes = { convertedToProjectId: project.id, updatedAt: by.now };
  const converted = await updateQuoteRow(tx, ref, changes);
  await recordQuoteEvent(tx, by, "quote.converted", converted, { project_id: project.id });
  return project;
}

async function lockConvertible(
  tx: Tx,
  by: Acting,
  quoteId: number,
  into: "invoice" | "project",
): Promise<{ quote: QuoteRow; ref: QuoteRef }> {
  const ref = { companyId: by.company.id, id: quoteId, today: todayOf(by) };
  const quote = await lockQuote(tx, ref);
  const isConverted =
    into === "invoice"
      ? quote.convertedToInvoiceId !== null || quote.isInvoicedElsewhere
      : quote.convertedToProjectId !== null || quote.hasProjectElsewhere;
  if (isConverted) {
    throw new Conflict(
      `Quote ${quote.quoteNumber} was converted to ${into === "invoice" ? "an invoice" : "a project"} already.`,
    );
  }
  if (!isConvertible(quote.status)) {
    throw new Conflict(
      `Quote ${quote.quoteNumber} is ${quote.status}; only sent, viewed and accepted quotes can be converted.`,
    );
  }
  return { quote, ref };
}

/** The first line of a text, as long as a project's name may be. */
function nameOf(description: string): string {
  const [firstLine = description] = description.split("\n");
  return Array.from(firstLine.trim() || description.trim())
    .slice(0, 255)
    .join("");
}
