import { z } from "zod";
import type { MemberRow } from "../../../db/company-members.ts";
import type { PendingInvitationRow } from "../../../db/invitations.ts";
import { instantJson, presentInstant } from "../../answers.ts";

/** What somebody can be made; a company has one owner, its founder. */
export const grantedRole = z.enum(["admin", "member", "viewer"]);

export const memberJson = z
  .object({
    id: z.int(),
    name: z.string(),
    email: z.string(),
    role: z.enum(["owner", "admin", "member", "viewer"]),
    avatar_url: z.string().nullable(),
  })
  .meta({ id: "Member" });

export function presentMember(member: MemberRow): z.input<typeof memberJson> {
  return {
    id: member.id,
    name: member.name,
    email: member.email,
    role: member.role,
    avatar_url: member.avatarUrl,
  };
}

export const pendingInvitationJson = z
  .object({
    id: z.int(),
    email: z.string(),
    role: grantedRole,
    invited_by: z.string(),
    expires_at: instantJson,
    mail_status: z.string().meta({ description: "How far the newest mail got." }),
  })
  .meta({ id: "PendingInvitation" });

export function presentPendingInvitation(
  invitation: PendingInvitationRow,
): z.input<typeof pendingInvitationJson> {
  return {
    id: invitation.id,
    email: invitation.email,
    role: invitation.role,
    invited_by: invitation.inviterName,
    expires_at: presentInstant(invitation.expiresAt),
    mail_status: invitation.mailStatus,
  };
}
