import { z } from "zod";
import { deleteQuoteLine } from "../../../actions/change-quote-lines.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /quotes/:id/line-items/:lineItemId — the quote's totals follow. */
export const deleteQuoteLineItemRoute = defineRoute({
  method: "delete",
  path: "/quotes/:id/line-items/:lineItemId",
  summary: "Delete a line item from a quote",
  tag: "Quotes",
  access: { scope: "quotes:write" },
  params: z.object({ id: idParam, lineItemId: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    await deleteQuoteLine(tx, by, { quoteId: params.id, lineId: params.lineItemId });
    return { status: 204 };
  },
});
