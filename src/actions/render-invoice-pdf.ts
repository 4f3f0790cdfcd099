import { formatMoney } from "../billing/money.ts";
import { openPages } from "../platform/open-pages.ts";
import type { Pages, TextStyle } from "../platform/pdf.ts";
import type { InvoiceDocument } from "./invoice-document.ts";
import { BADGES, lookOf, type InvoiceLook } from "./invoice-look.ts";
import { drawInvoiceLines } from "./invoice-lines-table.ts";
import { formatDate, formatPeriod, formatRate } from "./invoice-text.ts";
import { drawHead, partyLines } from "./paper-head.ts";

const WORDS = {
  invoice: { name: "Invoice", title: "INVOICE", to: "BILL TO", lastDay: "Due date" },
  quote: { name: "Quote", title: "QUOTE", to: "QUOTE FOR", lastDay: "Valid until" },
} as const;

/**
 * Prints an invoice or a quote. The same document gives the same bytes. Characters no font of ours has are
 * shown as a replacement sign; nothing a person can type makes it fail.
 */
export async function renderInvoicePdf(document: InvoiceDocument): Promise<Buffer> {
  const look = lookOf(document.layout, document.branding);
  const title = `${wordsOf(document).name} ${document.number}`;
  const small: TextStyle = { size: look.body - 1.5, color: look.quiet };
  const pages = await openPages({
    title,
    author: document.company.name,
    createdAt: new Date(`${document.issueDate}T00:00:00Z`),
    paper: document.paper ?? "a4",
    margin: look.margin,
    // Two lines of the footer's text, a gap, and the page number.
    footerHeight: (look.body - 1.5) * 1.36 * 3 + 12,
  });

  const { company, branding } = document;
  const { title: heading } = wordsOf(document);
  drawHead(pages, look, { company, branding, title: heading, badge: BADGES[document.status] });
  drawParties(pages, document, look);
  drawInvoiceLines(pages, document, look);
  drawTotals(pages, document, look);
  const footerText = [document.footer, branding?.footer].filter((text) => text?.trim()).join("\n");
  const footer = pages.wrap(footerText, pages.width, small);
  drawTexts(pages, document, look, { longFooter: footer.length > 2 ? footerText : null });

  return await pages.finish((page, count) => {
    const lineHeight = pages.lineHeight(small);
    let y = pages.footerTop + 8;
    pages.rule({ y, color: look.hairline });
    y += 6;
    if (footer.length <= 2) {
      for (const line of footer) {
        pages.draw(line, { x: pages.left, y, width: pages.width, align: "center" }, small);
        y += lineHeight;
      }
    }
    y = pages.footerTop + 14 + lineHeight * 2;
    const number = pages.fit(title, pages.width * 0.7, small);
    pages.draw(title, { x: pages.left, y }, number);
    const place = { x: pages.left, y, width: pages.width, align: "right" } as const;
    pages.draw(`Page ${page} of ${count}`, place, small);
  });
}

function wordsOf({ kind = "invoice" }: InvoiceDocument) {
  return WORDS[kind];
}

/** The client on the left, number and dates on the right. */
function drawParties(pages: Pages, document: InvoiceDocument, look: InvoiceLook): void {
  const label: TextStyle = { size: look.body - 1.5, color: look.quiet };
  const plain: TextStyle = { size: look.body, color: look.ink };
  const strong: TextStyle = { ...plain, weight: "bold" };
  const top = pages.y;

  const clientWidth = pages.width * 0.48;
  const client = { x: pages.left, width: clientWidth };
  const words = wordsOf(document);
  pages.flow([words.to], label, client);
  pages.y += 2;
  pages.flow(pages.wrap(document.client.name, clientWidth, strong), strong, client);
  pages.flow(partyLines(pages, document.client, clientWidth, plain), plain, client);
  const clientBottom = pages.y;

  const facts = [
    [`${words.name} number`, document.number],
    ["Issue date", formatDate(document.issueDate)],
    [words.lastDay, formatDate(document.dueDate)],
  ];
  if (document.period) facts.push(["Period", formatPeriod(document.period)]);
  const mainFact = document.kind === "quote" ? "Total" : "Amount due";
  facts.push([mainFact, formatMoney(document.amountDue, document.currency)]);
  const factsLeft = pages.left + pages.width * 0.54;
  const labelWidth = Math.max(...facts.map(([name]) => pages.widthOf(name ?? "", plain))) + 10;
  const valueWidth = pages.right - factsLeft - labelWidth;
  pages.y = top;
  for (const [name = "", value = ""] of facts) {
    const style = name === mainFact ? strong : plain;
    const lines = pages.wrap(value, valueWidth, style);
    pages.draw(name, { x: factsLeft, y: pages.y }, { ...plain, color: look.quiet });
    for (const line of lines) {
      const place = {
        x: factsLeft + labelWidth,
        y: pages.y,
        width: valueWidth,
        align: "right",
      } as const;
      pages.draw(line, place, style);
      pages.y += pages.lineHeight(style);
    }
    pages.y += 2;
  }
  pages.y = Math.max(clientBottom, pages.y) + look.body * 2;
}

/** From subtotal to what is still owed; the block is never torn apart. */
export function drawTotals(pages: Pages, document: InvoiceDocument, look: InvoiceLook): void {
  const money = (amount: bigint) => formatMoney(amount, document.currency);
  const rows: [label: string, amount: string][] = [["Subtotal", money(document.subtotal)]];
  if (document.discount !== 0n) rows.push(["Discount", money(-document.discount)]);
  for (const { name, rate, amount } of document.taxes) {
    rows.push([rate === null ? name : `${name} ${formatRate(rate)}`, money(amount)]);
  }
  for (const { description, amount } of document.adjustments) {
    rows.push([description || "Adjustment", money(amount)]);
  }
  if (document.lateFee !== 0n) rows.push(["Late fee", money(document.lateFee)]);

  const plain: TextStyle = { size: look.body, color: look.ink };
  const strong: TextStyle = { ...plain, weight: "bold" };
  const large: TextStyle = { size: look.body * 1.25, weight: "bold", color: look.title };
  const width = Math.max(pages.width * 0.44, 200);
  // The amounts stand under those of the table.
  const right = pages.right - (look.tableHead.fill === undefined ? 0 : look.cellPadding);
  const left = right - width;
  const labelWidth = width * 0.56;
  const parts = rows.map(([label, amount]) => ({
    lines: pages.wrap(label, labelWidth, plain),
    amount,
  }));
  const lineHeight = pages.lineHeight(plain) + 2;
  const lineCount = parts.reduce((sum, { lines }) => sum + lines.length, 0);
  pages.y += look.body * 0.8;
  // What no page could hold is not kept together.
  pages.ensure(Math.min((lineCount + 2) * lineHeight + pages.lineHeight(large) + 30, 400));

  const drawRow = (lines: readonly string[], amount: string, style: TextStyle) => {
    const amountWidth = width - labelWidth - 6;
    for (const [index, line] of lines.entries()) {
      pages.ensure(lineHeight);
      pages.draw(line, { x: left, y: pages.y }, style);
      if (index === 0) {
        const place = {
          x: right - amountWidth,
          y: pages.y,
          width: amountWidth,
          align: "right",
        } as const;
        pages.draw(amount, place, pages.fit(amount, amountWidth, style));
      }
      pages.y += pages.lineHeight(style) + 2;
    }
  };
  for (const { lines, amount } of parts) drawRow(lines, amount, plain);
  pages.rule({ y: pages.y + 2, from: left, to: right, color: look.hairline });
  pages.y += 6;
  if (document.kind === "quote") {
    drawRow([`Total (${document.currency})`], money(document.total), large);
    pages.y += look.body * 2;
    return;
  }
  drawRow(["Total"], money(document.total), strong);
  if (document.paid !== 0n) drawRow(["Paid"], money(-document.paid), plain);
  pages.rule({ y: pages.y + 2, from: left, to: right, color: look.accent, thickness: 1 });
  pages.y += 8;
  drawRow([`Amount due (${document.currency})`], money(document.amountDue), large);
  pages.y += look.body * 2;
}

function drawTexts(
  pages: Pages,
  document: InvoiceDocument,
  look: InvoiceLook,
  { longFooter }: { longFooter: string | null },
): void {
  const heading: TextStyle = { size: look.body - 1.5, color: look.quiet };
  const plain: TextStyle = { size: look.body - 0.5, color: look.ink };
  const place = { x: pages.left, width: pages.width * 0.85 };
  const texts = [
    ["NOTES", document.notes],
    ["TERMS", document.terms],
    ["", longFooter],
  ];
  for (const [title, text] of texts) {
    if (!text?.trim()) continue;
    // A heading never stands alone at the foot of a page.
    pages.ensure(pages.lineHeight(heading) + pages.lineHeight(plain) * 2);
    if (title) pages.flow([title], heading, place);
    pages.flow(pages.wrap(text, place.width, plain), plain, place);
    pages.y += look.body;
  }
}
