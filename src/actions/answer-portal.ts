import { isAnswerable } from "../billing/quote-statuses.ts";
import { canBecome } from "../billing/statuses.ts";
import type { Tx } from "../db/client.ts";
import { lockInvoice, updateInvoiceRow, type InvoiceRow } from "../db/invoices.ts";
import { lockQuote, updateQuoteRow, type QuoteRow } from "../db/quotes.ts";
import { InvalidInput, NotFound } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";
import { recordQuoteEvent } from "./quote-events.ts";

/**
 * The client looks at an invoice. The first look is remembered and told of, once; one that is sent
 * becomes viewed, unless somebody set that by hand; one that is paid or overdue already stays so. A draft is no client's to see.
 */
export async function viewInvoice(
  tx: Tx,
  by: Acting,
  { invoiceId }: { invoiceId: number },
): Promise<InvoiceRow> {
  const invoice = await lockInvoice(tx, { companyId: by.company.id, id: invoiceId });
  if (invoice.status === "draft") throw new NotFound("Invoice");
  if (invoice.viewedAt !== null || invoice.status === "cancelled") return invoice;
  const becomesViewed =
    invoice.status === "sent" &&
    invoice.statusSetAt === null &&
    canBecome(invoice.status, "viewed");
  const viewed = await updateInvoiceRow(tx, invoice, {
    viewedAt: by.now,
    ...(becomesViewed ? { status: "viewed" } : {}),
    updatedAt: by.now,
  });
  await recordInvoiceEvent(tx, by, "invoice.viewed", viewed);
  return viewed;
}

/** The client looks at a quote; the first look is remembered and told of, once. */
export async function viewQuote(
  tx: Tx,
  by: Acting,
  { quoteId }: { quoteId: number },
): Promise<QuoteRow> {
  const { quote, ref } = await lockForClient(tx, by, quoteId);
  if (quote.viewedAt !== null) return quote;
  const viewed = await updateQuoteRow(tx, ref, {
    viewedAt: by.now,
    ...(quote.status === "sent" ? { status: "viewed" } : {}),
    updatedAt: by.now,
  });
  await recordQuoteEvent(tx, by, "quote.viewed", viewed);
  return viewed;
}

/** The client says yes or no, once. Throws `InvalidInput` in any status but sent and viewed. */
export async function answerQuote(
  tx: Tx,
  by: Acting,
  { quoteId, answer }: { quoteId: number; answer: "accepted" | "declined" },
): Promise<QuoteRow> {
  const { quote, ref } = await lockForClient(tx, by, quoteId);
  if (!isAnswerable(quote.status)) {
    const text = `Quote cannot be ${answer} in its current status.`;
    throw new InvalidInput({ status: [text] }, { code: "wrong_status", message: text });
  }
  const answered = await updateQuoteRow(tx, ref, {
    status: answer,
    ...(answer === "accepted" ? { acceptedAt: by.now } : { declinedAt: by.now }),
    updatedAt: by.now,
  });
  await recordQuoteEvent(tx, by, `quote.${answer}`, answered);
  return answered;
}

async function lockForClient(tx: Tx, by: Acting, quoteId: number) {
  const ref = { companyId: by.company.id, id: quoteId, today: todayOf(by) };
  const quote = await lockQuote(tx, ref);
  if (quote.status === "draft") throw new NotFound("Quote");
  return { quote, ref };
}
