import { z } from "zod";
import { updateQuote } from "../../../actions/update-quote.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerQuoteWithLines, quoteWithLinesAnswer } from "./detail.ts";
import { toQuoteFields, updateQuoteBody } from "./quote-inputs.ts";

/** PUT and PATCH /quotes/:id — what is left out stays. */
export const putQuoteRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/quotes/:id",
  summary: "Update a quote",
  description:
    "`line_items`, when given, is the full set: lines with an `id` are changed, those without are added, " +
    "the others removed. Client and currency change on drafts only; a quote that was accepted, declined or " +
    "converted takes new texts only (409).",
  tag: "Quotes",
  access: { scope: "quotes:write" },
  params: z.object({ id: idParam }),
  body: updateQuoteBody,
  answers: { 200: quoteWithLinesAnswer },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const { client_id: clientId, ...fields } = body;
    const changes = { quoteId: params.id, clientId, ...toQuoteFields(fields) };
    return await answerQuoteWithLines(tx, await updateQuote(tx, by, changes));
  },
});
