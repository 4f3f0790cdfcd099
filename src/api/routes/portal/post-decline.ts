import { answerQuote } from "../../../actions/answer-portal.ts";
import { defineRoute } from "../../define-route.ts";
import { answerPortalQuote, portalQuoteAnswer } from "./quote-detail.ts";
import { portalParams, visit } from "./visit.ts";

/** POST /portal/quotes/:uuid/decline — the client answers, once. */
export const postPortalDeclineRoute = defineRoute({
  method: "post",
  path: "/portal/quotes/:uuid/decline",
  summary: "Decline a quote",
  description:
    "Public: the UUID is the key. 422 unless the quote is sent or viewed and not past its last day.",
  tag: "Client portal",
  access: "public",
  params: portalParams,
  answers: { 200: portalQuoteAnswer },

  async run({ tx, clock }, { params }) {
    const { by, id } = await visit(tx, clock, { what: "Quote", uuid: params.uuid });
    const quote = await answerQuote(tx, by, { quoteId: id, answer: "declined" });
    return await answerPortalQuote(tx, by.company, quote);
  },
});
