import { z } from "zod";
import { localDateOf } from "../../../billing/dates.ts";
import { getQuote } from "../../../db/quotes.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerQuoteDetail, quoteDetailAnswer } from "./detail.ts";

/** GET /quotes/:id — with client, lines and mails. */
export const getQuoteRoute = defineRoute({
  method: "get",
  path: "/quotes/:id",
  summary: "Get a quote",
  tag: "Quotes",
  access: { scope: "quotes:read" },
  params: z.object({ id: idParam }),
  answers: { 200: quoteDetailAnswer },

  async run({ sql, company, now, mayUse }, { params }) {
    const today = localDateOf(now, company.timezone);
    const quote = await getQuote(sql, { companyId: company.id, id: params.id, today });
    return await answerQuoteDetail(sql, { quote, showsClient: mayUse("clients:read") });
  },
});
