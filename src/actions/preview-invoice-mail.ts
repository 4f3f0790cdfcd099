import type { Sql } from "../db/client.ts";
import type { CompanyRow } from "../db/companies.ts";
import { findRecipient } from "../db/invoice-references.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import { loadInvoiceMail, type MailContent } from "./load-mail-content.ts";
import { whyNotSend } from "./send-invoice.ts";

export interface InvoiceMailPreview {
  content: MailContent;
  /** Where it would go; null when the client has no address. */
  recipient: string | null;
  /** Why it cannot be sent as things are, in a sentence; null when it can. */
  obstacle: string | null;
}

/** The mail that sending an invoice would send, from the code that sends it. Nothing is written. */
export async function previewInvoiceMail(
  sql: Sql,
  company: CompanyRow,
  invoice: InvoiceRow,
): Promise<InvoiceMailPreview> {
  const [content, recipient = null] = await Promise.all([
    loadInvoiceMail(sql, company, { invoice }),
    findRecipient(sql, { companyId: company.id, clientId: invoice.clientId }),
  ]);
  return { content, recipient, obstacle: obstacleOf(invoice, recipient) };
}

function obstacleOf(invoice: InvoiceRow, recipient: string | null): string | null {
  const reason = whyNotSend(invoice);
  if (reason !== undefined) return reason;
  if (invoice.status === "draft" && invoice.total === 0n) {
    return "An invoice over nothing is paid at once, and is not mailed.";
  }
  return recipient === null ? "The client has no email address." : null;
}
