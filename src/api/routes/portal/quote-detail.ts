import { z } from "zod";
import type { Sql, Tx } from "../../../db/client.ts";
import type { CompanyRow } from "../../../db/companies.ts";
import { getInvoicedClient } from "../../../db/invoice-references.ts";
import { listQuoteLines } from "../../../db/quote-lines.ts";
import type { QuoteRow } from "../../../db/quotes.ts";
import type { Answer } from "../../answers.ts";
import { presentQuote, quoteJson } from "../quotes/schema.ts";
import { portalParts, presentPortalParts } from "./schema.ts";

export const portalQuoteAnswer = z.object({ data: quoteJson.extend(portalParts) });

/** A quote as its client may see it: the base contract's keys, both sides, and the lines. */
export async function answerPortalQuote(
  sql: Sql | Tx,
  company: CompanyRow,
  quote: QuoteRow,
): Promise<Answer> {
  const { companyId, id: quoteId, clientId } = quote;
  const client = await getInvoicedClient(sql, { companyId, clientId });
  const lines = await listQuoteLines(sql, { companyId, quoteId });
  const data = { ...presentQuote(quote), ...presentPortalParts(company, client, lines) };
  return { status: 200, body: { data } };
}
