import { z } from "zod";
import { inviteMember } from "../../../actions/change-invitations.ts";
import { instantJson, presentInstant } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { email, idParam } from "../../inputs.ts";
import { administer } from "../companies/administer.ts";
import { grantedRole } from "./schema.ts";
import { throttleInvitation } from "./throttle-invitation.ts";

/** POST /companies/:company_id/members/invite — the mail with the link follows. */
export const postInviteRoute = defineRoute({
  method: "post",
  path: "/companies/:company_id/members/invite",
  summary: "Invite a member",
  description:
    "For admins. The invitation ends after 7 days; its link is in the mail and nowhere else. 422 when the user " +
    "is already a member or a pending invitation exists.",
  tag: "Company members",
  access: "session",
  params: z.object({ company_id: idParam }),
  body: z.strictObject({ email, role: grantedRole }),
  answers: {
    201: z.object({
      message: z.string(),
      data: z.object({
        id: z.int(),
        email: z.string(),
        role: grantedRole,
        expires_at: instantJson,
      }),
    }),
  },

  async run(context, { params, body }) {
    const { tx, services } = context;
    const by = await administer(context, params.company_id);
    const invitation = await inviteMember(tx, by, body);
    await throttleInvitation(tx, services, { companyId: by.company.id, email: body.email });
    return {
      status: 201,
      body: {
        message: "Invitation sent.",
        data: {
          id: invitation.id,
          email: invitation.email,
          role: invitation.role,
          expires_at: presentInstant(invitation.expiresAt),
        },
      },
    };
  },
});
