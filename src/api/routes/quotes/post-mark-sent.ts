import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { markQuoteSent } from "../../../actions/change-quotes.ts";
import { lockQuote } from "../../../db/quotes.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerQuote, quoteAnswer } from "./detail.ts";

/** POST /quotes/:id/mark-sent — the client got it some other way; drafts only. */
export const postQuoteMarkSentRoute = defineRoute({
  method: "post",
  path: "/quotes/:id/mark-sent",
  summary: "Mark a quote as sent without emailing",
  tag: "Quotes",
  access: { scope: "quotes:write" },
  params: z.object({ id: idParam }),
  answers: { 200: quoteAnswer },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const ref = { companyId: company.id, id: params.id, today: todayOf(by) };
    return answerQuote(await markQuoteSent(tx, by, await lockQuote(tx, ref)));
  },
});
