import { whyNotMailQuote } from "../billing/quote-statuses.ts";
import { quoteMailKey } from "../billing/message-ids.ts";
import type { Tx } from "../db/client.ts";
import { insertDeliveries, listQuoteDeliveries, type DeliveryRow } from "../db/deliveries.ts";
import { findRecipient } from "../db/invoice-references.ts";
import { lockQuote, type QuoteRow } from "../db/quotes.ts";
import { Conflict, InvalidInput } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { recordQuoteEvent } from "./quote-events.ts";
import { findPendingMail } from "./request-mail.ts";

/**
 * Asks for a quote to be mailed; the mailer follows the event. A draft stays one until the mail
 * server took the mail (BILLING.md 8). A quote the client has is mailed again, unless its last mail is
 * still on its way: that one counts. Throws `InvalidInput` when the client has no address, `Conflict`
 * when the quote was answered or has expired.
 */
export async function sendQuote(
  tx: Tx,
  by: Acting,
  { quoteId }: { quoteId: number },
): Promise<{ quote: QuoteRow; delivery: DeliveryRow }> {
  const companyId = by.company.id;
  const today = todayOf(by);
  const quote = await lockQuote(tx, { companyId, id: quoteId, today });
  const isPast = quote.status === "draft" && quote.expiryDate < today;
  const reason = whyNotMailQuote({ status: isPast ? "expired" : quote.status, isDeleted: false });
  if (reason !== undefined) {
    throw new Conflict(`Quote ${quote.quoteNumber} cannot be sent: ${reason}.`);
  }
  const recipient = await getRecipient(tx, { companyId, clientId: quote.clientId });
  const mails = await listQuoteDeliveries(tx, { companyId, quoteId });
  const pending = await findPendingMail(tx, by, mails);
  if (pending !== undefined) return { quote, delivery: pending };

  const key = quoteMailKey(quoteId, mails.length + 1);
  const rows = [{ kind: "quote", key, quoteId, recipient }] as const;
  const [delivery] = await insertDeliveries(tx, { companyId, now: by.now, rows });
  await recordQuoteEvent(tx, by, "quote.send-requested", quote, { delivery_id: delivery!.id });
  return { quote, delivery: delivery! };
}

/** Where a client's mail goes. Throws `InvalidInput` when it can go nowhere. */
export async function getRecipient(
  tx: Tx,
  client: { companyId: number; clientId: number },
): Promise<string> {
  const recipient = await findRecipient(tx, client);
  if (recipient !== undefined) return recipient;
  const text = "The client has no email address.";
  throw new InvalidInput({ client: [text] }, { code: "no_recipient" });
}
