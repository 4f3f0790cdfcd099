import { oneAdjustment, sumUpAdjustments, type Adjustment } from "../billing/adjustments.ts";
import type { Sql, Tx } from "../db/client.ts";
import type { ClientRow } from "../db/clients.ts";
import type { CompanyRow } from "../db/companies.ts";
import { listAdjustments } from "../db/invoice-adjustments.ts";
import { listInvoiceLines, type InvoiceLineRow } from "../db/invoice-lines.ts";
import { listInvoiceTaxes } from "../db/invoice-taxes.ts";
import { getInvoicedClient } from "../db/invoice-references.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import { listQuoteLines, type QuoteLineRow } from "../db/quote-lines.ts";
import type { QuoteRow } from "../db/quotes.ts";
import { sumTaxes, taxesOfLine } from "./sum-taxes.ts";
import type { InvoiceDocument } from "./invoice-document.ts";
import { loadBranding } from "./load-branding.ts";
import { draftOfLine } from "./price-invoice.ts";

/** Gathers what is printed on an invoice, as the records are now. */
export async function loadInvoiceDocument(
  sql: Sql | Tx,
  company: CompanyRow,
  invoice: InvoiceRow,
): Promise<InvoiceDocument> {
  const companyId = company.id;
  const where = { companyId, invoiceId: invoice.id };
  const [client, all, ofWhole, adjustments] = await Promise.all([
    getInvoicedClient(sql, { companyId, clientId: invoice.clientId }),
    listInvoiceLines(sql, where),
    listInvoiceTaxes(sql, { companyId, invoiceIds: [invoice.id] }),
    listAdjustments(sql, where),
  ]);
  const lines = all.filter((line) => !line.isLateFee);
  return {
    ...partiesOf(company, client),
    number: invoice.invoiceNumber,
    status: invoice.status,
    issueDate: invoice.issueDate,
    dueDate: invoice.dueDate,
    period:
      invoice.periodStart === null || invoice.periodEnd === null
        ? null
        : { start: invoice.periodStart, end: invoice.periodEnd },
    currency: invoice.currency,
    lines: lines.map(printedLine),
    subtotal: invoice.subtotal,
    discount: invoice.discountTotal,
    taxes: sumTaxes(lines, ofWhole),
    adjustments: adjustmentsOf(invoice, adjustments),
    lateFee: invoice.lateFeeAmount,
    total: invoice.total,
    paid: invoice.amountPaid,
    amountDue: invoice.amountDue,
    notes: invoice.notes,
    terms: invoice.terms,
    footer: invoice.footer,
    layout: company.invoiceLayout,
    branding: await loadBranding(sql, companyId),
  };
}

/** Gathers what is printed on a quote, as the records are now. */
export async function loadQuoteDocument(
  sql: Sql | Tx,
  company: CompanyRow,
  quote: QuoteRow,
): Promise<InvoiceDocument> {
  const companyId = company.id;
  const [client, lines] = await Promise.all([
    getInvoicedClient(sql, { companyId, clientId: quote.clientId }),
    listQuoteLines(sql, { companyId, quoteId: quote.id }),
  ]);
  return {
    kind: "quote",
    ...partiesOf(company, client),
    number: quote.quoteNumber,
    status: quote.status,
    issueDate: quote.issueDate,
    dueDate: quote.expiryDate,
    currency: quote.currency,
    lines: lines.map(printedLine),
    subtotal: quote.subtotal,
    discount: quote.discountTotal,
    taxes: sumTaxes(lines),
    adjustments: [],
    lateFee: 0n,
    total: quote.total,
    paid: 0n,
    amountDue: quote.total,
    notes: quote.notes,
    terms: quote.terms,
    footer: quote.footer,
    layout: company.invoiceLayout,
    branding: await loadBranding(sql, companyId),
  };
}

/** The two sides of a document, as they stand on the paper. */
export function partiesOf(
  company: CompanyRow,
  client: ClientRow,
): Pick<InvoiceDocument, "company" | "client"> {
  return {
    company: {
      name: company.legalName ?? company.name,
      address: addressOf(company),
      email: company.email,
      taxNumber: company.taxNumber,
    },
    client: { name: client.name, address: addressOf(client), email: client.email },
  };
}

/** What is printed adds up: a version of ours before this one writes the invoice's two fields alone. */
function adjustmentsOf(invoice: InvoiceRow, adjustments: readonly Adjustment[]): Adjustment[] {
  const isWhole = sumUpAdjustments(adjustments).adjustmentAmount === invoice.adjustmentAmount;
  return isWhole ? [...adjustments] : oneAdjustment(invoice);
}

function printedLine(line: InvoiceLineRow | QuoteLineRow): InvoiceDocument["lines"][number] {
  const { description, longDescription, quantity, unit, unitPrice, discount } = draftOfLine(line);
  const taxes = taxesOfLine(line).map(({ name, rate }) => ({ name, rate }));
  const { amount } = line;
  return { description, longDescription, quantity, unit, unitPrice, amount, discount, taxes };
}

/** The lines of an address as they stand on a letter; empty ones are left out. */
function addressOf(
  party: Pick<
    CompanyRow,
    "addressLine1" | "addressLine2" | "postalCode" | "city" | "state" | "country"
  >,
): string[] {
  const town = [party.postalCode, party.city, party.state].filter(Boolean).join(" ");
  return [party.addressLine1, party.addressLine2, town, countryName(party.country)].filter(
    (line): line is string => Boolean(line),
  );
}

function countryName(code: string | null): string | null {
  if (code === null) return null;
  return new Intl.DisplayNames(["en"], { type: "region" }).of(code) ?? code;
}
