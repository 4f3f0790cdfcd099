import { z } from "zod";
import { updateQuoteLine } from "../../../actions/change-quote-lines.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lineBody, toLineInput } from "../invoices/line-inputs.ts";
import { lineJson, presentLine } from "../invoices/line-schema.ts";

/** PUT and PATCH /quotes/:id/line-items/:lineItemId — text, quantity and price are always given. */
export const putQuoteLineItemRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/quotes/:id/line-items/:lineItemId",
  summary: "Update a line item on a quote",
  description:
    "`tax_rate_1` and `tax_rate_2` are basis points; without any tax key the line keeps its taxes.",
  tag: "Quotes",
  access: { scope: "quotes:write" },
  params: z.object({ id: idParam, lineItemId: idParam }),
  body: lineBody,
  answers: { 200: z.object({ data: lineJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const line = await updateQuoteLine(tx, by, {
      ...toLineInput(body),
      quoteId: params.id,
      lineId: params.lineItemId,
    });
    return { status: 200, body: { data: presentLine(line) } };
  },
});
