import { createQuote } from "../../../actions/create-quote.ts";
import { defineRoute } from "../../define-route.ts";
import { answerQuoteWithLines, quoteWithLinesAnswer } from "./detail.ts";
import { createQuoteBody, toQuoteFields } from "./quote-inputs.ts";

/** POST /quotes — a draft with the company's next quote number. */
export const postQuoteRoute = defineRoute({
  method: "post",
  path: "/quotes",
  summary: "Create a quote",
  description:
    "Writes a draft, valid for 30 days unless `expiry_date` says otherwise. Lines are as those of an invoice, " +
    "but for kept tax rates and discounts of lines; these, tax on the whole, project, category and tags are " +
    "for invoices only (422).",
  tag: "Quotes",
  access: { scope: "quotes:write" },
  body: createQuoteBody,
  answers: { 201: quoteWithLinesAnswer },

  async run({ tx, company, user, now }, { body }) {
    const { client_id: clientId, ...fields } = body;
    const by = { company, causerId: user.id, now };
    const quote = await createQuote(tx, by, { clientId, ...toQuoteFields(fields) });
    return { ...(await answerQuoteWithLines(tx, quote)), status: 201 };
  },
});
