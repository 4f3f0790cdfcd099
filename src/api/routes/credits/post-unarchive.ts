import { z } from "zod";
import { archiveCredit } from "../../../actions/change-credits.ts";
import { lockCredit } from "../../../db/credits.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** POST /credits/:id/unarchive — takes it back among the others. */
export const postCreditUnarchiveRoute = defineRoute({
  method: "post",
  path: "/credits/:id/unarchive",
  summary: "Unarchive a credit",
  tag: "Credits",
  access: { scope: "credits:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const credit = await lockCredit(tx, { companyId: company.id, id: params.id });
    await archiveCredit(tx, by, credit, false);
    return { status: 204 };
  },
});
