import { z } from "zod";
import { changeCredits, creditBulkActions } from "../../../actions/change-credits.ts";
import { defineRoute } from "../../define-route.ts";
import { bulkIds } from "../../inputs.ts";

/** POST /credits/bulk-action — counts those it changed; the others are left as they are. */
export const postCreditsBulkActionRoute = defineRoute({
  method: "post",
  path: "/credits/bulk-action",
  summary: "Bulk action on credits",
  description:
    "`delete` takes credits of which nothing was used. Credits that are not there, or already so, are passed over.",
  tag: "Credits",
  access: { scope: "credits:write" },
  body: z.strictObject({ ids: bulkIds, action: z.enum(creditBulkActions) }),
  answers: { 200: z.object({ data: z.object({ affected: z.int() }) }) },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const affected = await changeCredits(tx, by, body);
    return { status: 200, body: { data: { affected } } };
  },
});
