import { z } from "zod";
import { duplicateQuote } from "../../../actions/create-quote.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerQuoteWithLines, quoteWithLinesAnswer } from "./detail.ts";

/** POST /quotes/:id/duplicate — a new draft of today with the same client and lines. */
export const postQuoteDuplicateRoute = defineRoute({
  method: "post",
  path: "/quotes/:id/duplicate",
  summary: "Duplicate a quote",
  tag: "Quotes",
  access: { scope: "quotes:write" },
  params: z.object({ id: idParam }),
  answers: { 201: quoteWithLinesAnswer },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const quote = await duplicateQuote(tx, by, { quoteId: params.id });
    return { ...(await answerQuoteWithLines(tx, quote)), status: 201 };
  },
});
