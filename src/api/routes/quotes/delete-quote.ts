import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { deleteQuote } from "../../../actions/change-quotes.ts";
import { lockQuote } from "../../../db/quotes.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /quotes/:id — drafts only. */
export const deleteQuoteRoute = defineRoute({
  method: "delete",
  path: "/quotes/:id",
  summary: "Delete a quote",
  description: "Drafts only; any other is a 422.",
  tag: "Quotes",
  access: { scope: "quotes:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const ref = { companyId: company.id, id: params.id, today: todayOf(by) };
    const quote = await lockQuote(tx, ref);
    await deleteQuote(tx, by, quote);
    return { status: 204 };
  },
});
