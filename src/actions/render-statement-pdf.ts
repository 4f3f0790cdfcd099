import { formatMoney } from "../billing/money.ts";
import type { CompanyRow } from "../db/companies.ts";
import { Pages, type TextStyle } from "../platform/pdf.ts";
import { drawTable } from "./invoice-lines-table.ts";
import { LOOKS } from "./invoice-look.ts";
import { formatDate, formatPeriod } from "./invoice-text.ts";
import { partiesOf } from "./load-invoice-document.ts";
import type { Statement } from "./load-statement.ts";
import { drawHead, partyLines } from "./render-invoice-pdf.ts";

/** Prints a statement in the company's layout. The same records give the same bytes. */
export async function renderStatementPdf(
  company: CompanyRow,
  statement: Statement,
): Promise<Buffer> {
  const look = LOOKS[company.invoiceLayout];
  const { company: sender, client } = partiesOf(company, statement.client);
  const { items, totals } = statement;
  const period = formatPeriod({ start: statement.from, end: statement.to });
  const small: TextStyle = { size: look.body - 1.5, color: look.quiet };
  const plain: TextStyle = { size: look.body, color: look.ink };
  const strong: TextStyle = { ...plain, weight: "bold" };
  const pages = new Pages({
    title: `Statement ${period}`,
    author: sender.name,
    createdAt: new Date(`${statement.to}T00:00:00Z`),
    paper: "a4",
    margin: look.margin,
    footerHeight: footerHeight(small.size),
  });

  drawHead(pages, sender, "STATEMENT", look);
  const place = { x: pages.left, width: pages.width * 0.6 };
  pages.flow(["STATEMENT FOR"], small, place);
  pages.flow(pages.wrap(client.name, place.width, strong), strong, place);
  pages.flow(partyLines(pages, client, place.width, plain), plain, place);
  pages.y += look.body;
  pages.flow([period], strong, place);
  pages.y += look.body;

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
  for (const sum of totals) {
    const rows = [
      ["Invoiced", sum.totalInvoiced, plain],
      ["Paid", sum.totalPaid, plain],
      [`Outstanding (${sum.currency})`, sum.totalOutstanding, strong],
    ] as const;
    pages.ensure(pages.lineHeight(strong) * (rows.length + 1));
    for (const [label, amount, style] of rows) {
      pages.draw(label, { x: pages.left + pages.width * 0.5, y: pages.y }, style);
      const right = { x: pages.left, width: pages.width, align: "right", y: pages.y } as const;
      pages.draw(formatMoney(amount, sum.currency), right, style);
      pages.y += pages.lineHeight(style) + 2;
    }
    pages.y += look.body;
  }

  return await pages.finish((page, count) => {
    const y = pages.footerTop + 8;
    pages.rule({ y, color: look.hairline });
    const right = { x: pages.left, y: y + 4, width: pages.width, align: "right" } as const;
    pages.draw(`Page ${page} of ${count}`, right, small);
  });
}

/** The page number, a rule and the gap above it. */
function footerHeight(size: number): number {
  return size * 1.36 + 16;
}
