import type { Sql, Tx } from "./client.ts";

/** A record that a condition names. */
export interface RuleReference {
  kind: "member" | "client" | "project" | "service" | "task";
  id: number;
}

/** Those that are no records of the company. */
export async function listUnknownReferences(
  sql: Sql | Tx,
  companyId: number,
  references: readonly RuleReference[],
): Promise<RuleReference[]> {
  if (references.length === 0) return [];
  return await sql<RuleReference[]>`
    select named.kind, named.id
    from unnest(
      ${references.map(({ kind }) => kind)}::text[], ${references.map(({ id }) => id)}::int8[]
    ) as named (kind, id)
    where not case named.kind
      when 'member' then exists (
        select from company_members where company_id = ${companyId} and user_id = named.id
      )
      when 'client' then exists (
        select from clients
        where company_id = ${companyId} and clients.id = named.id and deleted_at is null
      )
      when 'project' then exists (
        select from projects
        where company_id = ${companyId} and projects.id = named.id and deleted_at is null
      )
      when 'service' then exists (
        select from services
        where company_id = ${companyId} and services.id = named.id and deleted_at is null
      )
      when 'task' then exists (
        select from tasks where company_id = ${companyId} and tasks.id = named.id
      )
    end
  `;
}
