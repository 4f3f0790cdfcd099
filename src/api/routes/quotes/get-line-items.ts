import { z } from "zod";
import { localDateOf } from "../../../billing/dates.ts";
import { listQuoteLines } from "../../../db/quote-lines.ts";
import { getQuote } from "../../../db/quotes.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lineJson, presentLine } from "../invoices/line-schema.ts";

/** GET /quotes/:id/line-items — all of them, in their order. */
export const getQuoteLineItemsRoute = defineRoute({
  method: "get",
  path: "/quotes/:id/line-items",
  summary: "List line items for a quote",
  tag: "Quotes",
  access: { scope: "quotes:read" },
  params: z.object({ id: idParam }),
  query: wholeListQuery,
  answers: { 200: listJson(lineJson, {}) },

  async run({ sql, company, now }, { params, query }) {
    const today = localDateOf(now, company.timezone);
    const quote = await getQuote(sql, { companyId: company.id, id: params.id, today });
    const lines = await listQuoteLines(sql, { companyId: company.id, quoteId: quote.id });
    return wholeListAnswer(lines.map(presentLine), query);
  },
});
