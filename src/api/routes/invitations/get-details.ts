import { z } from "zod";
import { checkAcceptable } from "../../../actions/change-invitations.ts";
import { findInvitationByToken } from "../../../db/invitations.ts";
import { NotFound } from "../../../errors.ts";
import { hashToken } from "../../../platform/tokens.ts";
import { defineRoute } from "../../define-route.ts";
import { secretText } from "../auth/schema.ts";

/** GET /invitations/:token/details — what the app shows to whoever followed the link. */
export const getInvitationDetailsRoute = defineRoute({
  method: "get",
  path: "/invitations/:token/details",
  summary: "Get invitation details",
  description:
    "The token is the key. 410 when the invitation has expired, 422 when it was accepted.",
  tag: "Invitations",
  access: "public",
  params: z.object({ token: secretText }),
  answers: {
    200: z.object({
      data: z.object({
        company_name: z.string(),
        role: z.string(),
        email: z.string(),
        inviter: z.string(),
      }),
    }),
  },
  failures: [410, 422],

  async run({ sql, clock }, { params }) {
    const invitation = await findInvitationByToken(sql, hashToken(params.token));
    if (invitation === undefined) throw new NotFound("Invitation");
    checkAcceptable(invitation, clock.now());
    const { companyName, role, email, inviterName } = invitation;
    const data = { company_name: companyName, role, email, inviter: inviterName };
    return { status: 200, body: { data } };
  },
});
