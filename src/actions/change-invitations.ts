import { invitationMailKey } from "../billing/message-ids.ts";
import type { Tx } from "../db/client.ts";
import { lockCompany } from "../db/companies.ts";
import { findRole, insertMember, isMemberWithEmail } from "../db/company-members.ts";
import { insertDeliveries } from "../db/deliveries.ts";
import {
  cancelExpiredInvitation,
  cancelInvitationRow,
  findInvitationByToken,
  insertInvitation,
  lockInvitation,
  markInvitationAccepted,
  renewInvitation,
  type InvitationMailRow,
  type InvitationRow,
} from "../db/invitations.ts";
import { lockUser, markEmailVerified, setCurrentCompany } from "../db/users.ts";
import { Forbidden, Gone, InvalidInput, NotFound } from "../errors.ts";
import { hashToken } from "../platform/tokens.ts";
import { recordAdministration, type Administering } from "./administering.ts";
import { requireSeat } from "./require-plan.ts";

/** How long an invitation can be accepted after it was made or sent again, in milliseconds: 7 days. */
const VALID_MS = 7 * 24 * 3_600_000;

const INVITATION = "Invitation";
const ACCEPTED = "invitation_accepted";

/**
 * Invites an address to the company; the mailer follows the event and makes the link. The company is
 * locked. Throws InvalidInput when the address is a member's or its invitation is pending.
 */
export async function inviteMember(
  tx: Tx,
  by: Administering,
  { email, role }: Pick<InvitationRow, "email" | "role">,
): Promise<InvitationRow> {
  const companyId = by.company.id;
  if (await isMemberWithEmail(tx, { companyId, email })) {
    throw new InvalidInput({ email: ["User is already a member."] }, { code: "already_member" });
  }
  await requireSeat(tx, by, email);
  const now = by.machineNow;
  await cancelExpiredInvitation(tx, { companyId, email, now });
  const invitation = await insertInvitation(tx, {
    companyId,
    email,
    role,
    invitedBy: by.causerId,
    expiresAt: new Date(now.getTime() + VALID_MS),
    now,
  });
  if (invitation === undefined) {
    throw new InvalidInput(
      { email: ["An invitation is already pending."] },
      { code: "invitation_pending" },
    );
  }
  await record(tx, by, "invitation.created", invitation, { role });
  await requestMail(tx, by, invitation);
  return invitation;
}

/**
 * Mails an invitation again, with a new link and seven more days; the links sent before end now. One
 * that has expired may be sent again, too.
 */
export async function resendInvitation(
  tx: Tx,
  by: Administering,
  id: number,
): Promise<InvitationRow> {
  const companyId = by.company.id;
  await lockOpenInvitation(tx, { companyId, id });
  const now = by.machineNow;
  const expiresAt = new Date(now.getTime() + VALID_MS);
  const renewed = await renewInvitation(tx, { companyId, id, expiresAt, now });
  await record(tx, by, "invitation.renewed", renewed);
  await requestMail(tx, by, renewed);
  return renewed;
}

/** Ends an invitation: its link lets nobody in, and a mail that has not left is not sent. */
export async function cancelInvitation(
  tx: Tx,
  by: Administering,
  { id }: { id: number },
): Promise<void> {
  const companyId = by.company.id;
  const invitation = await lockOpenInvitation(tx, { companyId, id });
  await cancelInvitationRow(tx, { companyId, id, now: by.machineNow });
  await record(tx, by, "invitation.cancelled", invitation);
}

/**
 * Lets the user into the company that invited their address. Throws NotFound for a link that is none
 * (any more), Gone when it has expired, InvalidInput when it was used, Forbidden for another address.
 */
export async function acceptInvitation(
  tx: Tx,
  who: { token: string; userId: number; machineNow: Date; requestId: string },
): Promise<{ companyId: number; isNew: boolean }> {
  const { userId, machineNow, requestId } = who;
  const found = await findInvitationByToken(tx, hashToken(who.token));
  if (found === undefined) throw new NotFound(INVITATION);
  const { companyId, id } = found;
  // As those who administer do: the company first, so that two never wait for each other in a circle.
  const company = await lockCompany(tx, companyId);
  const invitation = await lockInvitation(tx, { companyId, id });
  const isSame = invitation?.sending === found.sending && invitation.cancelledAt === null;
  if (company === undefined || !isSame) throw new NotFound(INVITATION);
  checkAcceptable(invitation, machineNow);
  const user = await lockUser(tx, userId);
  if (user?.email.toLowerCase() !== invitation.email.toLowerCase()) {
    throw new Forbidden("This invitation is for another email address.", {
      code: "invitation_for_another",
    });
  }

  const isNew = (await findRole(tx, { companyId, userId })) === undefined;
  const now = company.testNow ?? machineNow;
  if (isNew) {
    await requireSeat(tx, { company, now }, user.email);
    await insertMember(tx, { companyId, userId, role: invitation.role });
    if (user.currentCompanyId === null) {
      await setCurrentCompany(tx, { userId, companyId, now: machineNow });
    }
  }
  await markInvitationAccepted(tx, { companyId, id, userId, now: machineNow });
  // Only whoever reads the mails of the address has the link.
  await markEmailVerified(tx, { userId, now: machineNow });
  const by = { company, causerId: userId, now, machineNow, requestId };
  await record(tx, by, "invitation.accepted", invitation);
  if (isNew) {
    await recordAdministration(tx, by, {
      type: "member.added",
      subjectType: "member",
      subjectId: userId,
      facts: { role: invitation.role, invitation_id: id },
    });
  }
  return { companyId, isNew };
}

/** Throws unless the invitation can be accepted at this moment; a used one says so for ever. */
export function checkAcceptable(
  { acceptedAt, expiresAt }: Pick<InvitationRow, "acceptedAt" | "expiresAt">,
  now: Date,
): void {
  if (acceptedAt !== null) {
    const text = "This invitation has already been accepted.";
    throw new InvalidInput({ token: [text] }, { code: ACCEPTED });
  }
  if (expiresAt <= now) {
    throw new Gone("This invitation has expired.", { code: "invitation_expired" });
  }
}

/** Why an invitation must not be mailed any more, or undefined. `key` is that of the delivery. */
export function whyNotMailInvitation(
  state: InvitationMailRow,
  { key, machineNow }: { key: string; machineNow: Date },
): string | undefined {
  if (state.isDeleted) return "the company was deleted";
  if (state.cancelledAt !== null) return "the invitation was cancelled";
  if (state.acceptedAt !== null) return "the invitation was accepted";
  if (key !== invitationMailKey(state.invitationId, state.sending)) {
    return "a newer mail of the invitation was asked for";
  }
  return state.expiresAt <= machineNow ? "the invitation has expired" : undefined;
}

/** Throws NotFound when there is none, or it was cancelled; InvalidInput when it was accepted. */
async function lockOpenInvitation(
  tx: Tx,
  key: { companyId: number; id: number },
): Promise<InvitationRow> {
  const invitation = await lockInvitation(tx, key);
  if (invitation === undefined || invitation.cancelledAt !== null) throw new NotFound(INVITATION);
  if (invitation.acceptedAt !== null) {
    throw new InvalidInput({ invitation: ["Invitation already accepted."] }, { code: ACCEPTED });
  }
  return invitation;
}

async function requestMail(tx: Tx, by: Administering, invitation: InvitationRow): Promise<void> {
  const { id: invitationId, sending, email: recipient } = invitation;
  const key = invitationMailKey(invitationId, sending);
  const rows = [{ kind: "invitation", key, invitationId, recipient }] as const;
  const [delivery] = await insertDeliveries(tx, { companyId: by.company.id, now: by.now, rows });
  await record(tx, by, "invitation.send-requested", invitation, { delivery_id: delivery!.id });
}

async function record(
  tx: Tx,
  by: Administering,
  type: string,
  { id }: InvitationRow,
  facts?: Readonly<Record<string, string | number>>,
): Promise<void> {
  await recordAdministration(tx, by, {
    type,
    subjectType: "invitation",
    subjectId: id,
    ...(facts === undefined ? {} : { facts }),
  });
}
