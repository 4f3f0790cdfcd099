import { formatMoney } from "../billing/money.ts";
import { hoursOf } from "../billing/worked-time.ts";
import type { ClientRow } from "../db/clients.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { ProofRecord } from "../db/proof-parts.ts";
import type { InvoiceDocument } from "./invoice-document.ts";
import { drawInvoiceLines, drawTable } from "./invoice-lines-table.ts";
import { formatDate } from "./invoice-text.ts";
import { beginLetter, finishLetter, type Letter } from "./letter.ts";
import { drawTotals } from "./render-invoice-pdf.ts";
import type { SealedProofPack } from "./proof-pack.ts";

interface Field {
  title: string;
  of: (record: ProofRecord) => string;
  align?: "left" | "right";
}

/**
 * Prints a proof pack as a client would read it: the invoice, the work and expenses behind it, what was
 * sent and paid, and the digests by which the JSON pack is checked. The same pack gives the same bytes.
 */
export async function renderProofPackPdf(
  company: CompanyRow,
  {
    client,
    document,
    pack,
  }: { client: ClientRow; document: InvoiceDocument; pack: SealedProofPack },
): Promise<Buffer> {
  const { parts, digests } = pack.data;
  const { number, issueDate, dueDate, currency, branding } = document;
  const money = (value: unknown): string => formatMoney(BigInt(Number(value)), currency);
  const letter = await beginLetter(company, client, {
    name: `Proof pack ${number}`,
    title: "PROOF PACK",
    to: "EVIDENCE FOR",
    about: `Invoice ${number} of ${formatDate(issueDate)}, due ${formatDate(dueDate)}`,
    date: issueDate,
    branding,
  });

  const { pages, look } = letter;
  drawTitle(letter, "What was billed");
  drawInvoiceLines(pages, document, look);
  drawTotals(pages, document, look);
  section(letter, "Work behind it", parts.time_entries, [
    { title: "Notes", of: (entry) => text(entry["notes"]) },
    { title: "Day", of: (entry) => text(entry["date"]) },
    {
      title: "Hours",
      of: (entry) => hoursOf(Number(entry["seconds"])).toFixed(2),
      align: "right",
    },
  ]);
  section(letter, "Who approved it", parts.approvals, [
    { title: "What", of: (event) => decided(event) },
    { title: "Who", of: (event) => text(event["user_name"]) },
    { title: "When", of: (event) => text(event["occurred_at"]) },
  ]);
  section(letter, "Expenses behind it", parts.expenses, [
    {
      title: "What for",
      of: (expense) => text(expense["description"] ?? expense["vendor"] ?? expense["category"]),
    },
    { title: "Day", of: (expense) => text(expense["expense_date"]) },
    {
      title: "Amount",
      of: (expense) => formatMoney(BigInt(Number(expense["amount"])), text(expense["currency"])),
      align: "right",
    },
  ]);
  section(letter, "Accepted quotes", parts.quotes, [
    { title: "Quote", of: (quote) => text(quote["quote_number"]) },
    { title: "Accepted", of: (quote) => text(quote["accepted_at"]) },
    { title: "Total", of: (quote) => money(quote["total"]), align: "right" },
  ]);
  section(letter, "What was sent", parts.dispatches, [
    { title: "To", of: (mail) => text(mail["recipient"]) },
    { title: "What", of: (mail) => text(mail["kind"]) },
    { title: "Accepted by the mail server", of: (mail) => text(mail["accepted_at"]) },
  ]);
  section(letter, "What was paid", parts.payments, [
    { title: "Reference", of: (payment) => text(payment["reference"]) },
    { title: "Day", of: (payment) => text(payment["payment_date"]) },
    { title: "Amount", of: (payment) => money(payment["amount"]), align: "right" },
  ]);
  section(letter, "What was given back", parts.refunds, [
    { title: "Reason", of: (refund) => text(refund["reason"]) },
    { title: "Day", of: (refund) => text(refund["refund_date"]) },
    { title: "Amount", of: (refund) => money(refund["amount"]), align: "right" },
  ]);
  section(letter, "Credits that were used", parts.credits, [
    { title: "Credit", of: (use) => `credit ${String(use["credit_id"])}` },
    { title: "When", of: (use) => text(use["created_at"]) },
    { title: "Amount", of: (use) => money(use["amount"]), align: "right" },
  ]);
  const sums = [
    { part: "whole pack", sha256: pack.meta.sha256 },
    ...Object.entries(digests).map(([part, sha256]) => ({ part, sha256 })),
  ];
  // They stand together, on the last page.
  pages.ensure((pages.lineHeight(letter.plain) + look.cellPadding * 2) * (sums.length + 3));
  section(letter, "Digests of the pack (SHA-256)", sums, [
    { title: "Part", of: ({ part }) => text(part) },
    { title: "SHA-256", of: ({ sha256 }) => text(sha256) },
  ]);
  return await finishLetter(letter);
}

/** Left out where there is nothing. */
function section(
  letter: Letter,
  title: string,
  records: readonly ProofRecord[],
  [first, ...others]: [Field, ...Field[]],
): void {
  if (records.length === 0) return;
  const { pages, look } = letter;
  drawTitle(letter, title);
  const column = ({ title: head, of, align = "left" }: Field) => ({
    title: head,
    align,
    cells: records.map(of),
  });
  drawTable(pages, look, { first: column(first), others: others.map(column) });
  pages.y += look.body;
}

/** Not left alone at the foot of a page. */
function drawTitle({ pages, strong }: Letter, title: string): void {
  pages.ensure(pages.lineHeight(strong) * 4);
  pages.flow([title], strong, { x: pages.left, width: pages.width });
}

/** "time entry 7 approved (event 12)". */
function decided(event: ProofRecord): string {
  const [subject = "", what = ""] = text(event["type"]).split(".");
  const told = `${subject} ${String(event["subject_id"])} ${what}`.replaceAll("_", " ");
  return `${told} (event ${String(event["event_id"])})`;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "–";
}
