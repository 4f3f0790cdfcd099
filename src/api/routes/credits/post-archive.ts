import { z } from "zod";
import { archiveCredit } from "../../../actions/change-credits.ts";
import { lockCredit } from "../../../db/credits.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** POST /credits/:id/archive — put away; not to be used until it is taken back. */
export const postCreditArchiveRoute = defineRoute({
  method: "post",
  path: "/credits/:id/archive",
  summary: "Archive a credit",
  tag: "Credits",
  access: { scope: "credits:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const credit = await lockCredit(tx, { companyId: company.id, id: params.id });
    await archiveCredit(tx, by, credit, true);
    return { status: 204 };
  },
});
