import type { Sql, Tx } from "./client.ts";

/** From least to most; each may what those before it may. */
export const roles = ["viewer", "member", "admin", "owner"] as const;
export type Role = (typeof roles)[number];

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
