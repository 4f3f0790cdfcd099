import { z } from "zod";
import { removeMember } from "../../../actions/change-members.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { administer } from "../companies/administer.ts";

/** DELETE /companies/:company_id/members/:user_id */
export const deleteMemberRoute = defineRoute({
  method: "delete",
  path: "/companies/:company_id/members/:user_id",
  summary: "Remove a member",
  description:
    "For admins. The member's sessions and API tokens lose the company. 403 for the owner, 422 for oneself.",
  tag: "Company members",
  access: "session",
  params: z.object({ company_id: idParam, user_id: idParam }),
  answers: { 204: null },
  failures: [422],

  async run(context, { params }) {
    const by = await administer(context, params.company_id);
    await removeMember(context.tx, by, params.user_id);
    return { status: 204 };
  },
});
