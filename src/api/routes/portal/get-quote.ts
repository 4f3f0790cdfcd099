import { viewQuote } from "../../../actions/answer-portal.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { defineRoute } from "../../define-route.ts";
import { answerPortalQuote, portalQuoteAnswer } from "./quote-detail.ts";
import { portalParams, visit } from "./visit.ts";

/** GET /portal/quotes/:uuid — the first look makes a sent quote viewed. */
export const getPortalQuoteRoute = defineRoute({
  method: "get",
  path: "/portal/quotes/:uuid",
  summary: "Get quote for client portal",
  description:
    "Public: the UUID is the key. The first look marks the quote as viewed. Drafts are 404.",
  tag: "Client portal",
  access: "public",
  params: portalParams,
  answers: { 200: portalQuoteAnswer },

  async run({ sql, clock }, { params }) {
    const { by, id } = await visit(sql, clock, { what: "Quote", uuid: params.uuid });
    const quote = await inTransaction(sql, (tx) => viewQuote(tx, by, { quoteId: id }));
    return await answerPortalQuote(sql, by.company, quote);
  },
});
