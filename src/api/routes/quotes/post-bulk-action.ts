import { z } from "zod";
import { changeQuotes, quoteBulkActions } from "../../../actions/change-quotes.ts";
import { defineRoute } from "../../define-route.ts";
import { bulkIds } from "../../inputs.ts";

/** POST /quotes/bulk-action — counts those it changed; the others are left as they are. */
export const postQuotesBulkActionRoute = defineRoute({
  method: "post",
  path: "/quotes/bulk-action",
  summary: "Bulk action on quotes",
  description:
    "`mark-sent` and `delete` change drafts only. Quotes that are not there, or already so, are passed over.",
  tag: "Quotes",
  access: { scope: "quotes:write" },
  body: z.strictObject({ ids: bulkIds, action: z.enum(quoteBulkActions) }),
  answers: { 200: z.object({ data: z.object({ affected: z.int() }) }) },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const affected = await changeQuotes(tx, by, body);
    return { status: 200, body: { data: { affected } } };
  },
});
