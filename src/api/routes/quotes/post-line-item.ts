import { z } from "zod";
import { addQuoteLine } from "../../../actions/change-quote-lines.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lineBody, toLineInput } from "../invoices/line-inputs.ts";
import { lineJson, presentLine } from "../invoices/line-schema.ts";

/** POST /quotes/:id/line-items — rates are basis points; the quote's totals follow. */
export const postQuoteLineItemRoute = defineRoute({
  method: "post",
  path: "/quotes/:id/line-items",
  summary: "Add a line item to a quote",
  description:
    "`tax_rate_1` and `tax_rate_2` are basis points. Without any tax key the line gets the taxes of its " +
    "service, or else the company's default taxes.",
  tag: "Quotes",
  access: { scope: "quotes:write" },
  params: z.object({ id: idParam }),
  body: lineBody,
  answers: { 201: z.object({ data: lineJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const line = await addQuoteLine(tx, by, { ...toLineInput(body), quoteId: params.id });
    return { status: 201, body: { data: presentLine(line) } };
  },
});
