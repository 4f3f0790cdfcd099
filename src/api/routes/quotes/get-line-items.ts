import { z } from "zod";
import { localDateOf } from "../../../billing/dates.ts";
import { listQuoteLines } from "../../../db/quote-lines.ts";
import { getQuote } from "../../../db/quotes.ts";
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
  answers: { 200: z.object({ data: z.array(lineJson) }) },

  async run({ sql, company, now }, { params }) {
    const today = localDateOf(now, company.timezone);
    const quote = await getQuote(sql, { companyId: company.id, id: params.id, today });
    const lines = await listQuoteLines(sql, { companyId: company.id, quoteId: quote.id });
    return { status: 200, body: { data: lines.map(presentLine) } };
  },
});
