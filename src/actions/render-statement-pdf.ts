import { formatMoney } from "../billing/money.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { PaperBranding } from "./invoice-document.ts";
import { drawTable } from "./invoice-lines-table.ts";
import { formatDate, formatPeriod } from "./invoice-text.ts";
import { beginLetter, drawSums, finishLetter } from "./letter.ts";
import type { Statement } from "./load-statement.ts";

/** Prints a statement in the company's layout. The same records give the same bytes. */
export async function renderStatementPdf(
  company: CompanyRow,
  statement: Statement,
  branding: PaperBranding | undefined,
): Promise<Buffer> {
  const { items, totals } = statement;
  const period = formatPeriod({ start: statement.from, end: statement.to });
  const letter = await beginLetter(company, statement.client, {
    name: `Statement ${period}`,
    title: "STATEMENT",
    to: "STATEMENT FOR",
    about: period,
    date: statement.to,
    branding,
  });
  const { pages, look } = letter;

  drawTable(pages, look, {
    first: { title: "Invoice", align: "left", cells: items.map((item) => item.invoiceNumber) },
    others: [
      { title: "Issued", align: "left", cells: items.map((item) => formatDate(item.issueDate)) },
      { title: "Due", align: "left", cells: items.map((item) => formatDate(item.dueDate)) },
      ...(["total", "amountPaid", "balance"] as const).map((field) => ({
        title: { total: "Amount", amountPaid: "Paid", balance: "Balance" }[field],
        align: "right" as const,
        cells: items.map((item) => formatMoney(item[field], item.currency)),
      })),
    ],
  });
  pages.y += look.body;
  for (const { currency, totalInvoiced, totalPaid, totalOutstanding } of totals) {
    drawSums(letter, [
      ["Invoiced", formatMoney(totalInvoiced, currency)],
      ["Paid", formatMoney(totalPaid, currency)],
      [`Outstanding (${currency})`, formatMoney(totalOutstanding, currency)],
    ]);
  }
  return await finishLetter(letter);
}
