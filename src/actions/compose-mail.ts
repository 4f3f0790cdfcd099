import type { LocalDate } from "../billing/dates.ts";
import { formatMoney } from "../billing/money.ts";
import type { PaperBranding } from "./invoice-document.ts";
import { formatDate } from "./invoice-text.ts";

export interface ComposedMail {
  /** One line. */
  subject: string;
  text: string;
  html: string;
}

/** How a company's mails look; null: as mails of ours do. */
export type MailLook = Pick<PaperBranding, "accentColor" | "fontFamily">;

/** What a mail about an invoice is told. Amounts in minor units of `currency`. */
export interface InvoiceMailFacts {
  invoiceNumber: string;
  currency: string;
  total: bigint;
  amountDue: bigint;
  issueDate: LocalDate;
  dueDate: LocalDate;
  clientName: string;
  companyName: string;
  look?: MailLook | undefined;
}

export interface ReminderMailFacts extends InvoiceMailFacts {
  /** The company's own words; where there are none, ours. */
  subject: string | null;
  body: string | null;
  /** Decides whether the invoice is coming due, due today or overdue. */
  businessDate: LocalDate;
}

export interface MailLink {
  /** What following it does, e.g. "Accept the invitation". */
  label: string;
  url: string;
}

/** What a reminder's own subject and body may say in double braces. */
export const MAIL_PLACEHOLDERS: ReadonlyMap<string, (facts: InvoiceMailFacts) => string> = new Map([
  ["invoice.number", (facts: InvoiceMailFacts) => facts.invoiceNumber],
  ["amount_due", (facts: InvoiceMailFacts) => formatMoney(facts.amountDue, facts.currency)],
  ["due_date", (facts: InvoiceMailFacts) => formatDate(facts.dueDate)],
  ["client.name", (facts: InvoiceMailFacts) => facts.clientName],
  ["company.name", (facts: InvoiceMailFacts) => facts.companyName],
]);
const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;
const SUBJECT_LENGTH_MAX = 200;
const SYSTEM_FONTS = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** The mail an invoice travels with, as an attachment. */
export function composeInvoiceMail(facts: InvoiceMailFacts): ComposedMail {
  const owed =
    facts.amountDue > 0n
      ? "It is due on {{due_date}}; the amount due is {{amount_due}}."
      : "There is nothing left to pay.";
  return compose(facts, {
    subject: "Invoice {{invoice.number}} from {{company.name}}",
    body: `Hello {{client.name}},

please find attached invoice {{invoice.number}} of ${formatDate(facts.issueDate)}. ${owed}

Kind regards
{{company.name}}`,
  });
}

/**
 * A payment reminder. Whatever the company wrote, the number, the outstanding amount and the due
 * date stand below it (BILLING.md 7.2).
 */
export function composeReminderMail(facts: ReminderMailFacts): ComposedMail {
  const standard = standardReminder(facts);
  return compose(facts, {
    subject: facts.subject?.trim() ? facts.subject : standard.subject,
    body: facts.body?.trim() ? facts.body : standard.body,
  });
}

function standardReminder({ businessDate, dueDate }: ReminderMailFacts): {
  subject: string;
  body: string;
} {
  const [subject, sentence] =
    businessDate < dueDate
      ? [
          "Invoice {{invoice.number}} is due on {{due_date}}",
          "this is a friendly reminder that invoice {{invoice.number}} over {{amount_due}} is due on {{due_date}}.",
        ]
      : businessDate === dueDate
        ? [
            "Invoice {{invoice.number}} is due today",
            "this is a friendly reminder that invoice {{invoice.number}} over {{amount_due}} is due today.",
          ]
        : [
            "Overdue: invoice {{invoice.number}}",
            "our records show that {{amount_due}} of invoice {{invoice.number}} is still outstanding. It was due on {{due_date}}.",
          ];
  return {
    subject,
    body: `Hello {{client.name}},

${sentence}

If your payment is already on its way, please disregard this message.

Kind regards
{{company.name}}`,
  };
}

function compose(
  facts: InvoiceMailFacts,
  { subject, body }: { subject: string; body: string },
): ComposedMail {
  return layOut({
    subject: fill(subject, facts),
    body: fill(body, facts),
    look: facts.look,
    table: [
      ["Invoice", facts.invoiceNumber],
      ["Amount due", formatMoney(facts.amountDue, facts.currency)],
      ["Due date", formatDate(facts.dueDate)],
    ],
  });
}

/** Any mail of ours: words, below them a link to follow if there is one, and the facts. */
export function layOut(mail: {
  subject: string;
  body: string;
  link?: MailLink | undefined;
  table: readonly (readonly [label: string, value: string])[];
  look?: MailLook | undefined;
}): ComposedMail {
  const words = plain(mail.body);
  const { link } = mail;
  const table = mail.table.map(([label, value]) => ({ label, value: oneLine(value) }));
  const facts = table.map(({ label, value }) => `${label}: ${value}`).join("\n");
  return {
    subject: shorten(oneLine(mail.subject)),
    text: `${[words, link?.url, facts].filter(Boolean).join("\n\n")}\n`,
    html: page(words, { link, table, look: mail.look }),
  };
}

/** One pass: what a placeholder brings in is text, even where it looks like another placeholder. */
function fill(text: string, facts: InvoiceMailFacts): string {
  // Unknown ones are refused when a text is saved; should one get here, the client is spared it.
  return text.replaceAll(
    PLACEHOLDER,
    (_whole, name: string) => MAIL_PLACEHOLDERS.get(name)?.(facts) ?? "",
  );
}

/** Paragraphs, a button and a small table, in styles that mail programs understand. */
function page(
  words: string,
  {
    link,
    table,
    look,
  }: {
    link: MailLink | undefined;
    table: readonly { label: string; value: string }[];
    look: MailLook | undefined;
  },
): string {
  const font = look?.fontFamily ? escapeHtml(look.fontFamily) : SYSTEM_FONTS;
  const rule = look?.accentColor ? `2px solid ${look.accentColor}` : "1px solid #d9e0e6";
  const paragraphs = words
    .split(/\n{2,}/)
    .map(
      (paragraph) =>
        `<p style="margin:0 0 16px">${escapeHtml(paragraph).replaceAll("\n", "<br>\n")}</p>`,
    );
  if (link !== undefined) {
    const style = "display:inline-block;padding:10px 20px;background:#1f2933;color:#ffffff";
    paragraphs.push(
      `<p style="margin:0 0 16px"><a href="${escapeHtml(link.url)}" style="${style}">${escapeHtml(link.label)}</a></p>`,
    );
  }
  const rows = table.map(
    ({ label, value }) =>
      `<tr><td style="padding:4px 24px 4px 0;color:#667380">${escapeHtml(label)}</td>` +
      `<td style="padding:4px 0;font-weight:600">${escapeHtml(value)}</td></tr>`,
  );
  const facts =
    rows.length === 0
      ? []
      : [
          `<table role="presentation" style="border-collapse:collapse;border-top:${rule};margin-top:8px">`,
          ...rows,
          "</table>",
        ];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="margin:0;padding:24px;font:15px/1.5 ${font};color:#1f2933">
<div style="max-width:560px;margin:0 auto">
${[...paragraphs, ...facts].join("\n")}
</div>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Line breaks as \n, other control characters gone. */
function plain(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[^\P{Cc}\n\t]/gu, "")
    .trim();
}

/** What somebody typed, for the middle of a sentence. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
}

/** Between what a reader takes for one character, so that no emoji is cut in half. */
function shorten(text: string): string {
  const characters = Array.from(new Intl.Segmenter("en").segment(text), ({ segment }) => segment);
  if (characters.length <= SUBJECT_LENGTH_MAX) return text;
  return `${characters.slice(0, SUBJECT_LENGTH_MAX - 1).join("")}…`;
}
