import type { Sql, Tx } from "./client.ts";
import { violatedConstraint } from "./client.ts";
import type { Role } from "./company-members.ts";
import type { DeliveryStatus } from "./deliveries.ts";

/** Whom a company has asked to join it. */
export interface InvitationRow {
  id: number;
  companyId: number;
  email: string;
  role: Exclude<Role, "owner">;
  invitedBy: number;
  /** Which mail is the newest, from 1; the links of those before it let nobody in. */
  sending: number;
  expiresAt: Date;
  acceptedAt: Date | null;
  cancelledAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The columns of an invitation; its token's hash is read by nobody. */
function invitationColumns(sql: Sql | Tx) {
  return sql`
    id, company_id, email, role, invited_by, sending, expires_at, accepted_at, cancelled_at,
    created_at, updated_at
  `;
}

/** Undefined when the address has a pending invitation of this company already. */
export async function insertInvitation(
  tx: Tx,
  invitation: Pick<InvitationRow, "companyId" | "email" | "role" | "invitedBy" | "expiresAt"> & {
    now: Date;
  },
): Promise<InvitationRow | undefined> {
  try {
    // A savepoint, so that a pending one leaves the transaction usable.
    return await tx.savepoint(async (point) => {
      const [row] = await point<InvitationRow[]>`
        insert into invitations (
          company_id, email, role, invited_by, expires_at, created_at, updated_at
        )
        values (
          ${invitation.companyId}, ${invitation.email}, ${invitation.role}, ${invitation.invitedBy},
          ${invitation.expiresAt}, ${invitation.now}, ${invitation.now}
        )
        returning ${invitationColumns(point)}
      `;
      return row;
    });
  } catch (error) {
    if (violatedConstraint(error) === "invitations_one_pending") return undefined;
    throw error;
  }
}

/** Makes room for a new invitation of the address where the one before has expired. */
export async function cancelExpiredInvitation(
  tx: Tx,
  { companyId, email, now }: { companyId: number; email: string; now: Date },
): Promise<void> {
  await tx`
    update invitations
    set cancelled_at = ${now}, token_hash = null, updated_at = ${now}
    where company_id = ${companyId} and lower(email) = lower(${email})
      and accepted_at is null and cancelled_at is null and expires_at <= ${now}
  `;
}

/** An invitation as the company's admins see it. */
export interface PendingInvitationRow extends InvitationRow {
  inviterName: string;
  /** How far its newest mail got. */
  mailStatus: DeliveryStatus;
}

/** Those that can still be accepted, the newest first. */
export async function listPendingInvitations(
  sql: Sql | Tx,
  filter: { companyId: number; now: Date; limit: number; offset: number },
): Promise<PendingInvitationRow[]> {
  return await sql<PendingInvitationRow[]>`
    select
      i.id, i.company_id, i.email, i.role, i.invited_by, i.sending, i.expires_at, i.accepted_at,
      i.cancelled_at, i.created_at, i.updated_at, users.name as inviter_name,
      (
        select status from deliveries
        where deliveries.company_id = i.company_id and deliveries.invitation_id = i.id
        order by deliveries.id desc limit 1
      ) as mail_status
    from invitations i
    join users on users.id = i.invited_by
    where i.company_id = ${filter.companyId} and i.accepted_at is null and i.cancelled_at is null
      and i.expires_at > ${filter.now}
    order by i.id desc
    limit ${filter.limit} offset ${filter.offset}
  `;
}

export async function countPendingInvitations(
  sql: Sql | Tx,
  { companyId, now }: { companyId: number; now: Date },
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from invitations
    where company_id = ${companyId} and accepted_at is null and cancelled_at is null
      and expires_at > ${now}
  `;
  return row?.count ?? 0;
}

export async function lockInvitation(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<InvitationRow | undefined> {
  const [row] = await tx<InvitationRow[]>`
    select ${invitationColumns(tx)} from invitations
    where company_id = ${companyId} and id = ${id}
    for no key update
  `;
  return row;
}

/** An invitation as whoever holds its link sees it. */
export interface InvitationByTokenRow extends InvitationRow {
  companyName: string;
  inviterName: string;
}

/** The invitation this token belongs to; not a cancelled one, nor one of a deleted company. */
export async function findInvitationByToken(
  sql: Sql | Tx,
  tokenHash: Buffer,
): Promise<InvitationByTokenRow | undefined> {
  const [row] = await sql<InvitationByTokenRow[]>`
    select
      i.id, i.company_id, i.email, i.role, i.invited_by, i.sending, i.expires_at, i.accepted_at,
      i.cancelled_at, i.created_at, i.updated_at, companies.name as company_name,
      users.name as inviter_name
    from invitations i
    join companies on companies.id = i.company_id and companies.deleted_at is null
    join users on users.id = i.invited_by
    where i.token_hash = ${tokenHash} and i.cancelled_at is null
  `;
  return row;
}

/** The links sent so far let nobody in any more; the next mail brings a new one. */
export async function renewInvitation(
  tx: Tx,
  { companyId, id, expiresAt, now }: { companyId: number; id: number; expiresAt: Date; now: Date },
): Promise<InvitationRow> {
  const [row] = await tx<InvitationRow[]>`
    update invitations
    set sending = sending + 1, token_hash = null, expires_at = ${expiresAt}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
    returning ${invitationColumns(tx)}
  `;
  if (row === undefined) throw new Error("the invitation was not renewed");
  return row;
}

export async function cancelInvitationRow(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
): Promise<void> {
  await tx`
    update invitations
    set cancelled_at = ${now}, token_hash = null, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}

/** Its link stays known, to say that it was used. */
export async function markInvitationAccepted(
  tx: Tx,
  { companyId, id, userId, now }: { companyId: number; id: number; userId: number; now: Date },
): Promise<void> {
  await tx`
    update invitations
    set accepted_at = ${now}, accepted_by = ${userId}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}

/** What decides whether an invitation may still be mailed, and what the mail says. */
export interface InvitationMailRow {
  about: "invitation";
  invitationId: number;
  email: string;
  role: InvitationRow["role"];
  sending: number;
  inviterName: string;
  expiresAt: Date;
  acceptedAt: Date | null;
  cancelledAt: Date | null;
  /** Its company is gone. */
  isDeleted: boolean;
  /** Another one after every change of the invitation's row. */
  version: string;
  testNow: Date | null;
}

/** Locks the invitation of a delivery and reads what matters right before sending. */
export async function lockInvitationMail(
  tx: Tx,
  { companyId, deliveryId }: { companyId: number; deliveryId: number },
): Promise<InvitationMailRow | undefined> {
  const [row] = await tx<InvitationMailRow[]>`
    select
      'invitation' as about, i.id as invitation_id, i.email, i.role, i.sending,
      users.name as inviter_name, i.expires_at, i.accepted_at, i.cancelled_at,
      (co.deleted_at is not null) as is_deleted, i.xmin::text as version, co.test_now
    from deliveries d
    join invitations i on i.company_id = d.company_id and i.id = d.invitation_id
    join companies co on co.id = d.company_id
    join users on users.id = i.invited_by
    where d.company_id = ${companyId} and d.id = ${deliveryId}
    for no key update of i
  `;
  return row;
}

/** From here on the link in the mail that is leaving lets its reader in, and no other does. */
export async function setInvitationToken(
  tx: Tx,
  { companyId, id, tokenHash }: { companyId: number; id: number; tokenHash: Buffer },
): Promise<void> {
  await tx`
    update invitations set token_hash = ${tokenHash} where company_id = ${companyId} and id = ${id}
  `;
}
