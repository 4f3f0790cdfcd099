import type { Route } from "../define-route.ts";
import { getInvitationDetailsRoute } from "./invitations/get-details.ts";
import { postAcceptInvitationRoute } from "./invitations/post-accept.ts";
import { deleteInvitationRoute } from "./members/delete-invitation.ts";
import { deleteMemberRoute } from "./members/delete-member.ts";
import { getInvitationsRoute } from "./members/get-invitations.ts";
import { getMembersRoute } from "./members/get-members.ts";
import { postInviteRoute } from "./members/post-invite.ts";
import { postResendRoute } from "./members/post-resend.ts";
import { putMemberRoute } from "./members/put-member.ts";

/** Who works in a company, and who is asked to. */
export const peopleRoutes: readonly Route[] = [
  getMembersRoute,
  postInviteRoute,
  getInvitationsRoute,
  deleteInvitationRoute,
  postResendRoute,
  putMemberRoute,
  deleteMemberRoute,
  getInvitationDetailsRoute,
  postAcceptInvitationRoute,
];
