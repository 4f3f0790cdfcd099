import { z } from "zod";
import { acceptInvitation } from "../../../actions/change-invitations.ts";
import { defineRoute } from "../../define-route.ts";
import { secretText } from "../auth/schema.ts";

/** POST /invitations/:token/accept — by the account with the address that was invited. */
export const postAcceptInvitationRoute = defineRoute({
  method: "post",
  path: "/invitations/:token/accept",
  summary: "Accept an invitation",
  description:
    "Adds the user to the company with the invited role. 403 with `invitation_for_another` when it was sent to " +
    "another address, 410 when it has expired, 422 when it has already been accepted.",
  tag: "Invitations",
  access: "session",
  params: z.object({ token: secretText }),
  answers: {
    200: z.object({ message: z.string(), data: z.object({ company_id: z.int() }) }),
  },
  failures: [410],

  async run({ tx, user, clock, requestId }, { params }) {
    const { companyId, isNew } = await acceptInvitation(tx, {
      token: params.token,
      userId: user.id,
      machineNow: clock.now(),
      requestId,
    });
    const message = isNew ? "Invitation accepted." : "You are already a member of this company.";
    return { status: 200, body: { message, data: { company_id: companyId } } };
  },
});
