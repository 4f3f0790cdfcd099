import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { archiveQuote } from "../../../actions/change-quotes.ts";
import { lockQuote } from "../../../db/quotes.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** POST /quotes/:id/archive — puts it away; its status stays. */
export const postQuoteArchiveRoute = defineRoute({
  method: "post",
  path: "/quotes/:id/archive",
  summary: "Archive a quote",
  tag: "Quotes",
  access: { scope: "quotes:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const ref = { companyId: company.id, id: params.id, today: todayOf(by) };
    await archiveQuote(tx, by, await lockQuote(tx, ref), true);
    return { status: 204 };
  },
});
