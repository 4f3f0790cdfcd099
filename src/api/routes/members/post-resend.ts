import { z } from "zod";
import { resendInvitation } from "../../../actions/change-invitations.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { administer } from "../companies/administer.ts";
import { throttleInvitation } from "./throttle-invitation.ts";

/** POST /companies/:company_id/members/invitations/:invitation_id/resend */
export const postResendRoute = defineRoute({
  method: "post",
  path: "/companies/:company_id/members/invitations/:invitation_id/resend",
  summary: "Resend an invitation",
  description:
    "For admins. The link sent before ends at once; the new one is good for 7 days. 422 when it has already " +
    "been accepted.",
  tag: "Company members",
  access: "session",
  params: z.object({ company_id: idParam, invitation_id: idParam }),
  answers: { 200: z.object({ message: z.string() }) },

  async run(context, { params }) {
    const { tx, services } = context;
    const by = await administer(context, params.company_id);
    const { email } = await resendInvitation(tx, by, params.invitation_id);
    await throttleInvitation(tx, services, { companyId: by.company.id, email });
    return { status: 200, body: { message: "Invitation resent." } };
  },
});
