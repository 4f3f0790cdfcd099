import { z } from "zod";
import { changeMemberRole } from "../../../actions/change-members.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { administer } from "../companies/administer.ts";
import { grantedRole } from "./schema.ts";

/** PUT /companies/:company_id/members/:user_id */
export const putMemberRoute = defineRoute({
  method: "put",
  path: "/companies/:company_id/members/:user_id",
  summary: "Update a member's role",
  description: "For admins. The owner role cannot be changed, nor given: 403, and 422.",
  tag: "Company members",
  access: "session",
  params: z.object({ company_id: idParam, user_id: idParam }),
  body: z.strictObject({ role: grantedRole }),
  answers: { 200: z.object({ message: z.string() }) },

  async run(context, { params, body }) {
    const by = await administer(context, params.company_id);
    await changeMemberRole(context.tx, by, { userId: params.user_id, role: body.role });
    return { status: 200, body: { message: "Member updated." } };
  },
});
