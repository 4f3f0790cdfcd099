import { settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import type { QuoteRow } from "../db/quotes.ts";
import type { Acting } from "./acting.ts";

/**
 * Leaves an event about a quote, with what a reader wants to know of it as it is now. Minor units. Once
 * it is asked for again, or no draft any more, nobody need look at a mail that could go to nobody.
 */
export async function recordQuoteEvent(
  tx: Tx,
  by: Acting,
  type: string,
  quote: QuoteRow,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvent(tx, {
    companyId: by.company.id,
    type,
    subjectType: "quote",
    subjectId: quote.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: {
      quote_number: quote.quoteNumber,
      client_id: quote.clientId,
      status: quote.status,
      currency: quote.currency,
      total: quote.total,
      ...facts,
    },
  });
  const resolution = whySettled(type, quote);
  if (resolution === undefined) return;
  await settleAttention(tx, {
    companyId: by.company.id,
    kind: "quote.no-recipient",
    key: String(quote.id),
    resolution,
  });
}

function whySettled(type: string, { status, isArchived }: QuoteRow): string | undefined {
  if (type === "quote.send-requested") return "it was sent";
  if (type === "quote.deleted") return "it is deleted";
  if (status !== "draft") return `it is ${status}`;
  return isArchived ? "it is archived" : undefined;
}
