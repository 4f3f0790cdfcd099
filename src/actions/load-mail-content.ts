import { localDateOf } from "../billing/dates.ts";
import type { Sql } from "../db/client.ts";
import type { CompanyRow } from "../db/companies.ts";
import type { DeliveryRow } from "../db/deliveries.ts";
import { getInvoice, type InvoiceRow } from "../db/invoices.ts";
import type { MailStateRow } from "../db/mail-facts.ts";
import type { StatementMailRow } from "../db/quote-mail-facts.ts";
import { getQuote } from "../db/quotes.ts";
import { NotFound } from "../errors.ts";
import {
  composeQuoteMail,
  composeReceiptMail,
  composeStatementMail,
} from "./compose-document-mails.ts";
import {
  composeInvoiceMail,
  composeReminderMail,
  type ComposedMail,
  type ReminderMailFacts,
} from "./compose-mail.ts";
import { loadBranding } from "./load-branding.ts";
import { loadInvoiceDocument, loadQuoteDocument } from "./load-invoice-document.ts";
import { loadReceipt, receiptNumber } from "./load-receipt.ts";
import { loadStatement } from "./load-statement.ts";
import type { DocumentMailSubject } from "./mail-subject.ts";
import { renderInvoicePdf } from "./render-invoice-pdf.ts";
import { renderReceiptPdf } from "./render-receipt-pdf.ts";
import { renderStatementPdf } from "./render-statement-pdf.ts";

export interface MailContent {
  mail: ComposedMail;
  recipientName: string;
  /** Further addresses. */
  cc: readonly string[];
  /** Of the PDF. */
  fileName: string;
  pdf: Buffer;
}

/** Writes the mail of an open delivery out of the records as they are now, with its PDF. */
export async function loadMailContent(
  sql: Sql,
  company: CompanyRow,
  { delivery, state, now }: { delivery: DeliveryRow; state: DocumentMailSubject; now: Date },
): Promise<MailContent> {
  switch (state.about) {
    case "invoice":
      return await mailAboutInvoice(sql, company, { delivery, state, now });
    case "quote":
      return await quoteContent(sql, company, { quoteId: state.quoteId, now });
    case "statement":
      return await statementContent(sql, company, state);
  }
}

async function mailAboutInvoice(
  sql: Sql,
  company: CompanyRow,
  { delivery, state, now }: { delivery: DeliveryRow; state: MailStateRow; now: Date },
): Promise<MailContent> {
  const invoice = await getInvoice(sql, { companyId: company.id, id: state.invoiceId });
  if (delivery.kind === "receipt") {
    const { paymentId } = state;
    if (paymentId === null) throw new NotFound("Payment");
    return await receiptContent(sql, company, { invoice, paymentId });
  }
  return await loadInvoiceMail(sql, company, {
    invoice,
    ...(delivery.kind === "reminder"
      ? {
          reminder: {
            subject: state.reminderSubject,
            body: state.reminderBody,
            businessDate: localDateOf(now, company.timezone),
          },
        }
      : {}),
  });
}

/** Writes the mail with an invoice, or a reminder of it, as the client gets it. */
export async function loadInvoiceMail(
  sql: Sql,
  company: CompanyRow,
  {
    invoice,
    reminder,
  }: {
    invoice: InvoiceRow;
    reminder?: Pick<ReminderMailFacts, "subject" | "body" | "businessDate">;
  },
): Promise<MailContent> {
  // To whom it goes it is no draft: with the mail it is sent.
  const status = invoice.status === "draft" ? "sent" : invoice.status;
  const document = await loadInvoiceDocument(sql, company, { ...invoice, status });
  const facts = {
    invoiceNumber: invoice.invoiceNumber,
    currency: invoice.currency,
    total: invoice.total,
    amountDue: invoice.amountDue,
    issueDate: invoice.issueDate,
    dueDate: invoice.dueDate,
    clientName: document.client.name,
    companyName: company.name,
    look: document.branding,
  };
  const mail =
    reminder === undefined
      ? composeInvoiceMail(facts)
      : composeReminderMail({ ...facts, ...reminder });
  const pdf = await renderInvoicePdf(document);
  const { name: recipientName } = document.client;
  return { mail, recipientName, cc: [], fileName: pdfNameOf(invoice.invoiceNumber), pdf };
}

async function receiptContent(
  sql: Sql,
  company: CompanyRow,
  about: { invoice: InvoiceRow; paymentId: number },
): Promise<MailContent> {
  const receipt = await loadReceipt(sql, company, about);
  const branding = await loadBranding(sql, company.id);
  const mail = composeReceiptMail(receipt, { companyName: company.name, look: branding });
  const pdf = await renderReceiptPdf(company, receipt, branding);
  const fileName = pdfNameOf(`receipt-${receiptNumber(receipt)}`);
  return { mail, recipientName: receipt.client.name, cc: [], fileName, pdf };
}

async function quoteContent(
  sql: Sql,
  company: CompanyRow,
  { quoteId, now }: { quoteId: number; now: Date },
): Promise<MailContent> {
  const today = localDateOf(now, company.timezone);
  const quote = await getQuote(sql, { companyId: company.id, id: quoteId, today });
  const status = quote.status === "draft" ? "sent" : quote.status;
  const document = await loadQuoteDocument(sql, company, { ...quote, status });
  const { name: clientName } = document.client;
  const mail = composeQuoteMail({
    ...quote,
    clientName,
    companyName: company.name,
    look: document.branding,
  });
  const pdf = await renderInvoicePdf(document);
  return { mail, recipientName: clientName, cc: [], fileName: pdfNameOf(quote.quoteNumber), pdf };
}

async function statementContent(
  sql: Sql,
  company: CompanyRow,
  { clientId, fromDate: from, toDate: to, note, cc }: StatementMailRow,
): Promise<MailContent> {
  const statement = await loadStatement(sql, company, { clientId, from, to });
  const branding = await loadBranding(sql, company.id);
  const mail = composeStatementMail(statement, {
    companyName: company.name,
    note,
    look: branding,
  });
  const pdf = await renderStatementPdf(company, statement, branding);
  const recipientName = statement.client.name;
  return { mail, recipientName, cc, fileName: pdfNameOf(`statement-${from}-${to}`), pdf };
}

/** Numbers may hold anything; the name of a file may not. */
function pdfNameOf(name: string): string {
  return `${name.replaceAll(/[^\w.-]+/g, "_")}.pdf`;
}
