import type { Sql, Tx } from "./client.ts";
import { wantsMail } from "./notification-preferences.ts";

/** From least to most; each may what those before it may. */
export const roles = ["viewer", "member", "admin", "owner"] as const;
export type Role = (typeof roles)[number];

/** Whether a role is this one or more. */
export function isAtLeast(role: Role, minimum: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(minimum);
}

export async function insertMember(
  tx: Tx,
  { companyId, userId, role }: { companyId: number; userId: number; role: Role },
): Promise<void> {
  await tx`
    insert into company_members (company_id, user_id, role) values (${companyId}, ${userId}, ${role})
  `;
}

/** The user's role in a company that still exists; undefined when not a member. */
export async function findRole(
  sql: Sql | Tx,
  { companyId, userId }: { companyId: number; userId: number },
): Promise<Role | undefined> {
  const [row] = await sql<{ role: Role }[]>`
    select company_members.role
    from company_members
    join companies on companies.id = company_members.company_id
    where company_members.company_id = ${companyId}
      and company_members.user_id = ${userId}
      and companies.deleted_at is null
  `;
  return row?.role;
}

/** Somebody who works in a company. */
export interface MemberRow {
  /** The user's. */
  id: number;
  name: string;
  email: string;
  avatarUrl: string | null;
  role: Role;
}

/** All members of a company, by name. */
export async function listMembers(
  sql: Sql | Tx,
  { companyId, limit, offset }: { companyId: number; limit: number; offset: number },
): Promise<MemberRow[]> {
  return await sql<MemberRow[]>`
    select users.id, users.name, users.email, users.avatar_url, company_members.role
    from company_members
    join users on users.id = company_members.user_id
    where company_members.company_id = ${companyId}
    order by users.name, users.id
    limit ${limit} offset ${offset}
  `;
}

/** Those who run a company, oldest accounts first. */
export async function listAdmins(
  sql: Sql | Tx,
  companyId: number,
  mail: "webhook_disabled" | "slack_channel_disabled",
): Promise<Pick<MemberRow, "id" | "email">[]> {
  return await sql<Pick<MemberRow, "id" | "email">[]>`
    select users.id, users.email
    from company_members
    join users on users.id = company_members.user_id
    where company_members.company_id = ${companyId}
      and company_members.role in ('owner', 'admin')
      and ${wantsMail(sql, mail, {
        companyId: sql`company_members.company_id`,
        userId: sql`company_members.user_id`,
      })}
    order by users.id
  `;
}

export async function countMembers(sql: Sql | Tx, companyId: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from company_members where company_id = ${companyId}
  `;
  return row?.count ?? 0;
}

/** Whether somebody with this address, in whatever case, works in the company. */
export async function isMemberWithEmail(
  sql: Sql | Tx,
  { companyId, email }: { companyId: number; email: string },
): Promise<boolean> {
  const rows = await sql`
    select 1
    from company_members
    join users on users.id = company_members.user_id
    where company_members.company_id = ${companyId} and lower(users.email) = lower(${email})
  `;
  return rows.length > 0;
}

export async function setRole(
  tx: Tx,
  { companyId, userId, role }: { companyId: number; userId: number; role: Role },
): Promise<void> {
  await tx`
    update company_members set role = ${role} where company_id = ${companyId} and user_id = ${userId}
  `;
}

/**
 * Ends all that let this user into the company: the membership, their API tokens of it, what
 * they wanted to be mailed of it, and that they work there by default.
 */
export async function deleteMember(
  tx: Tx,
  { companyId, userId, now }: { companyId: number; userId: number; now: Date },
): Promise<void> {
  await tx`
    with tokens as (
      update api_tokens set revoked_at = ${now}
      where company_id = ${companyId} and user_id = ${userId} and revoked_at is null
    ),
    places as (
      update users set current_company_id = null, updated_at = ${now}
      where id = ${userId} and current_company_id = ${companyId}
    ),
    wishes as (
      delete from notification_preferences where company_id = ${companyId} and user_id = ${userId}
    )
    delete from company_members where company_id = ${companyId} and user_id = ${userId}
  `;
}
