import { z } from "zod";
import { cancelInvitation } from "../../../actions/change-invitations.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { administer } from "../companies/administer.ts";

/** DELETE /companies/:company_id/members/invitations/:invitation_id — its link works no longer. */
export const deleteInvitationRoute = defineRoute({
  method: "delete",
  path: "/companies/:company_id/members/invitations/:invitation_id",
  summary: "Cancel an invitation",
  description: "For admins. 422 when it has already been accepted.",
  tag: "Company members",
  access: "session",
  params: z.object({ company_id: idParam, invitation_id: idParam }),
  answers: { 204: null },
  failures: [422],

  async run(context, { params }) {
    const by = await administer(context, params.company_id);
    await cancelInvitation(context.tx, by, { id: params.invitation_id });
    return { status: 204 };
  },
});
