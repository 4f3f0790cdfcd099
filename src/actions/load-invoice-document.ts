import { oneAdjustment, sumUpAdjustments, type Adjustment } from "../billing/adjustments.ts";
import { parseScaled } from "../billing/money.ts";
import type { Sql, Tx } from "../db/client.ts";
import type { ClientRow } from "../db/clients.ts";
import type { CompanyRow } from "../db/companies.ts";
import { listAdjustments } from "../db/invoice-adjustments.ts";
import { listInvoiceLines } from "../db/invoice-lines.ts";
import { getInvoicedClient } from "../db/invoice-references.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import type { PricedLineRow } from "../db/priced-lines.ts";
import { listQuoteLines } from "../db/quote-lines.ts";
import type { QuoteRow } from "../db/quotes.ts";
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
  const [client, all, adjustments] = await Promise.all([
    getInvoicedClient(sql, { companyId, clientId: invoice.clientId }),
    listInvoiceLines(sql, where),
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
    taxes: sumByTax(lines),
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
    taxes: sumByTax(lines),
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

function printedLine(line: PricedLineRow): InvoiceDocument["lines"][number] {
  const { description, quantity, unitPrice } = draftOfLine(line);
  const taxes = taxesOf(line).map(({ name, rate }) => ({ name, rate }));
  return { description, quantity, unitPrice, amount: line.amount, taxes };
}

interface Tax {
  name: string;
  /** Basis points ×10³. */
  rate: bigint;
  amount: bigint;
}

function taxesOf(line: PricedLineRow): Tax[] {
  return [
    { name: line.taxName1, rate: line.taxRate1, amount: line.taxAmount1 },
    { name: line.taxName2, rate: line.taxRate2, amount: line.taxAmount2 },
  ].flatMap(({ name, rate, amount }) => {
    const scaled = rate === null ? undefined : parseScaled(rate, 3);
    return scaled === undefined ? [] : [{ name: name ?? "Tax", rate: scaled, amount }];
  });
}

/** One row for each tax, in the order in which they first appear. */
function sumByTax(lines: readonly PricedLineRow[]): Tax[] {
  const sums = new Map<string, Tax>();
  for (const tax of lines.flatMap(taxesOf)) {
    const key = `${tax.rate} ${tax.name}`;
    sums.set(key, { ...tax, amount: tax.amount + (sums.get(key)?.amount ?? 0n) });
  }
  return [...sums.values()];
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
