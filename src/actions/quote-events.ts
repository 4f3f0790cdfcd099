import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import type { QuoteRow } from "../db/quotes.ts";
import type { Acting } from "./acting.ts";

/** Leaves an event about a quote, with what a reader wants to know of it as it is now. Minor units. */
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
}
