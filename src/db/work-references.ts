import type { Sql, Tx } from "./client.ts";

/** What time worked on a project needs to know of it. Deleted ones are found too, and say so. */
export interface WorkProjectRow {
  id: number;
  clientId: number | null;
  billingMethod: "hourly" | "flat_rate" | "non_billable";
  /** Minor units an hour. */
  hourlyRate: bigint | null;
  /** What the person who works has as a rate of their own on this project. */
  memberRate: bigint | null;
  isDeleted: boolean;
}

export async function listWorkProjects(
  sql: Sql | Tx,
  { companyId, userId, ids }: { companyId: number; userId: number; ids: readonly number[] },
): Promise<WorkProjectRow[]> {
  return await sql<WorkProjectRow[]>`
    select
      p.id, p.client_id, p.billing_method, p.hourly_rate, m.hourly_rate as member_rate,
      p.deleted_at is not null as is_deleted
    from projects p
    left join project_members m
      on m.company_id = p.company_id and m.project_id = p.id and m.user_id = ${userId}
    where p.company_id = ${companyId} and p.id = any(${[...ids]}::int8[])
  `;
}

export interface WorkServiceRow {
  id: number;
  /** Minor units for one unit, which is an hour of a service that is worked. */
  defaultRate: bigint | null;
  isDeleted: boolean;
}

export async function listWorkServices(
  sql: Sql | Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<WorkServiceRow[]> {
  return await sql<WorkServiceRow[]>`
    select id, default_rate, deleted_at is not null as is_deleted
    from services
    where company_id = ${companyId} and id = any(${[...ids]}::int8[])
  `;
}

/** What time worked on a task needs to know of it. An archived one is found too, and says so. */
export interface WorkTaskRow {
  id: number;
  clientId: number | null;
  projectId: number | null;
  isBillable: boolean;
  /** Minor units an hour. */
  hourlyRate: bigint | null;
  isDeleted: boolean;
}

export async function listWorkTasks(
  sql: Sql | Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<WorkTaskRow[]> {
  if (ids.length === 0) return [];
  return await sql<WorkTaskRow[]>`
    select id, client_id, project_id, is_billable, hourly_rate, is_archived as is_deleted
    from tasks
    where company_id = ${companyId} and id = any(${[...ids]}::int8[])
  `;
}

/** Those of the clients that are there. */
export async function listWorkClients(
  sql: Sql | Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<{ id: number; isDeleted: boolean }[]> {
  return await sql<{ id: number; isDeleted: boolean }[]>`
    select id, deleted_at is not null as is_deleted
    from clients
    where company_id = ${companyId} and id = any(${[...ids]}::int8[])
  `;
}

/** What was worked for a client, in seconds; running timers count once they are stopped. */
export async function sumClientTime(
  sql: Sql | Tx,
  { companyId, clientId }: { companyId: number; clientId: number },
): Promise<bigint> {
  const [row] = await sql<{ duration: bigint }[]>`
    select coalesce(sum(duration), 0)::int8 as duration
    from time_entries
    where company_id = ${companyId}
      and client_id = ${clientId}
      and not is_running
      and deleted_at is null
  `;
  return row?.duration ?? 0n;
}
