import { localDateOf } from "../billing/dates.ts";
import type { Sql } from "../db/client.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { DeliveryRow } from "../db/deliveries.ts";
import { getInvoice } from "../db/invoices.ts";
import type { MailStateRow } from "../db/mail-facts.ts";
import type { StatementMailRow } from "../db/quote-mail-facts.ts";
import { getQuote } from "../db/quotes.ts";
import { composeQuoteMail, composeStatementMail } from "./compose-document-mails.ts";
import { composeInvoiceMail, composeReminderMail, type ComposedMail } from "./compose-mail.ts";
import type { OpenedDelivery } from "./deliver-mail.ts";
import { loadInvoiceDocument, loadQuoteDocument } from "./load-invoice-document.ts";
import { loadStatement } from "./load-statement.ts";
import { renderInvoicePdf } from "./render-invoice-pdf.ts";
import { renderStatementPdf } from "./render-statement-pdf.ts";

export interface MailContent {
  mail: ComposedMail;
  recipientName: string;
  /** Further addresses. */
  cc: readonly string[];
  /** Of the PDF, without its ending. */
  fileName: string;
  pdf: Buffer;
}

/** Writes the mail of an open delivery out of the records as they are now, with its PDF. */
export async function loadMailContent(
  sql: Sql,
  company: CompanyRow,
  opened: Extract<OpenedDelivery, { kind: "ready" }>,
): Promise<MailContent> {
  const { delivery, state, now } = opened;
  switch (state.about) {
    case "invoice":
      return await invoiceContent(sql, company, { delivery, state, now });
    case "quote":
      return await quoteContent(sql, company, { quoteId: state.quoteId, now });
    case "statement":
      return await statementContent(sql, company, state);
  }
}

async function invoiceContent(
  sql: Sql,
  company: CompanyRow,
  { delivery, state, now }: { delivery: DeliveryRow; state: MailStateRow; now: Date },
): Promise<MailContent> {
  const invoice = await getInvoice(sql, { companyId: company.id, id: state.invoiceId });
  const document = await loadInvoiceDocument(sql, company, invoice);
  const facts = {
    invoiceNumber: invoice.invoiceNumber,
    currency: invoice.currency,
    total: invoice.total,
    amountDue: invoice.amountDue,
    issueDate: invoice.issueDate,
    dueDate: invoice.dueDate,
    clientName: document.client.name,
    companyName: company.name,
  };
  const mail =
    delivery.kind === "reminder"
      ? composeReminderMail({
          ...facts,
          subject: state.reminderSubject,
          body: state.reminderBody,
          businessDate: localDateOf(now, company.timezone),
        })
      : composeInvoiceMail(facts);
  const pdf = await renderInvoicePdf(document);
  const { name: recipientName } = document.client;
  return { mail, recipientName, cc: [], fileName: invoice.invoiceNumber, pdf };
}

async function quoteContent(
  sql: Sql,
  company: CompanyRow,
  { quoteId, now }: { quoteId: number; now: Date },
): Promise<MailContent> {
  const today = localDateOf(now, company.timezone);
  const quote = await getQuote(sql, { companyId: company.id, id: quoteId, today });
  const document = await loadQuoteDocument(sql, company, quote);
  const { name: clientName } = document.client;
  const mail = composeQuoteMail({ ...quote, clientName, companyName: company.name });
  const pdf = await renderInvoicePdf(document);
  return { mail, recipientName: clientName, cc: [], fileName: quote.quoteNumber, pdf };
}

async function statementContent(
  sql: Sql,
  company: CompanyRow,
  { clientId, fromDate: from, toDate: to, note, cc }: StatementMailRow,
): Promise<MailContent> {
  const statement = await loadStatement(sql, company, { clientId, from, to });
  const mail = composeStatementMail(statement, { companyName: company.name, note });
  const pdf = await renderStatementPdf(company, statement);
  const recipientName = statement.client.name;
  return { mail, recipientName, cc, fileName: `statement-${from}-${to}`, pdf };
}
