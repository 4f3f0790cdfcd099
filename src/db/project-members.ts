import type { Sql, Tx } from "./client.ts";

export interface ProjectMemberRow {
  /** The user's. */
  id: number;
  name: string;
  email: string;
  /** Minor units an hour. */
  hourlyRate: bigint | null;
}

/** Those who still belong to the company. */
export async function listProjectMembers(
  sql: Sql | Tx,
  { companyId, projectId }: { companyId: number; projectId: number },
): Promise<ProjectMemberRow[]> {
  return await sql<ProjectMemberRow[]>`
    select users.id, users.name, users.email, project_members.hourly_rate
    from project_members
    join company_members
      on company_members.company_id = project_members.company_id
      and company_members.user_id = project_members.user_id
    join users on users.id = project_members.user_id
    where project_members.company_id = ${companyId} and project_members.project_id = ${projectId}
    order by users.name, users.id
  `;
}

/** Who is a member already gets the new rate. */
export async function saveProjectMember(
  tx: Tx,
  member: {
    companyId: number;
    projectId: number;
    userId: number;
    hourlyRate: bigint | null;
    now: Date;
  },
): Promise<void> {
  await tx`
    insert into project_members (company_id, project_id, user_id, hourly_rate, created_at)
    values (
      ${member.companyId}, ${member.projectId}, ${member.userId}, ${member.hourlyRate}, ${member.now}
    )
    on conflict (company_id, project_id, user_id) do update set hourly_rate = excluded.hourly_rate
  `;
}

/** Whether there was such a member. */
export async function deleteProjectMember(
  tx: Tx,
  {
    companyId,
    projectId,
    userId,
  }: {
    companyId: number;
    projectId: number;
    userId: number;
  },
): Promise<boolean> {
  const { count } = await tx`
    delete from project_members
    where company_id = ${companyId} and project_id = ${projectId} and user_id = ${userId}
  `;
  return count > 0;
}
