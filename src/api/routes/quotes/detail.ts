import { z } from "zod";
import type { Sql, Tx } from "../../../db/client.ts";
import { listQuoteDeliveries } from "../../../db/deliveries.ts";
import { getInvoicedClient } from "../../../db/invoice-references.ts";
import { listQuoteLines } from "../../../db/quote-lines.ts";
import type { QuoteRow } from "../../../db/quotes.ts";
import type { Answer } from "../../answers.ts";
import { clientJson, presentClient } from "../clients/schema.ts";
import { lineJson, presentLine } from "../invoices/line-schema.ts";
import { deliveryJson, presentDelivery } from "../invoices/mail-schema.ts";
import { presentQuote, quoteJson } from "./schema.ts";

export const quoteAnswer = z.object({ data: quoteJson });
export const quoteWithLinesAnswer = z.object({
  data: quoteJson.extend({ line_items: z.array(lineJson) }),
});
export const quoteDetailAnswer = z.object({
  data: quoteJson.extend({
    client: clientJson.optional().meta({ description: "Left out without clients:read." }),
    line_items: z.array(lineJson),
    deliveries: z.array(deliveryJson),
  }),
});

/** A quote as the actions on it answer. */
export function answerQuote(quote: QuoteRow, more: Record<string, unknown> = {}): Answer {
  return { status: 200, body: { data: { ...presentQuote(quote), ...more } }, version: quote };
}

/** A quote with its lines, for who has just written it. */
export async function answerQuoteWithLines(tx: Tx, quote: QuoteRow): Promise<Answer> {
  const { companyId, id: quoteId } = quote;
  const lines = await listQuoteLines(tx, { companyId, quoteId });
  return answerQuote(quote, { line_items: lines.map(presentLine) });
}

/** A quote with all that belongs to it. */
export async function answerQuoteDetail(
  sql: Sql,
  { quote, showsClient }: { quote: QuoteRow; showsClient: boolean },
): Promise<Answer> {
  const { companyId, id: quoteId, clientId } = quote;
  const [client, lines, deliveries] = await Promise.all([
    showsClient ? getInvoicedClient(sql, { companyId, clientId }) : undefined,
    listQuoteLines(sql, { companyId, quoteId }),
    listQuoteDeliveries(sql, { companyId, quoteId }),
  ]);
  return answerQuote(quote, {
    ...(client === undefined ? {} : { client: presentClient(client) }),
    line_items: lines.map(presentLine),
    deliveries: deliveries.map(presentDelivery),
  });
}
