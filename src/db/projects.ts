import type { LocalDate } from "../billing/dates.ts";
import type { BudgetPeriod } from "../billing/retainers.ts";
import type { Sql, Tx } from "./client.ts";

export const projectStatuses = ["active", "completed", "archived"] as const;
export type ProjectStatus = (typeof projectStatuses)[number];
export const billingMethods = ["hourly", "flat_rate", "non_billable"] as const;

export interface ProjectRow {
  id: number;
  /** None once the project was moved here from another company. */
  clientId: number | null;
  name: string;
  status: ProjectStatus;
  isArchived: boolean;
  billingMethod: (typeof billingMethods)[number];
  /** Minor units an hour. */
  hourlyRate: bigint | null;
  /** Decimal text with four places. */
  budgetHours: string | null;
  /** Minor units. */
  budgetAmount: bigint | null;
  /** How often the budget begins anew, a retainer; null: it is for all of the project. */
  budgetPeriod: BudgetPeriod | null;
  startDate: LocalDate | null;
  endDate: LocalDate | null;
  createdAt: Date;
  updatedAt: Date;
}

export type ProjectFields = Omit<ProjectRow, "id" | "createdAt" | "updatedAt">;

export interface ProjectFilter {
  companyId: number;
  clientId: number | undefined;
  /** Part of the name, in any case. */
  search: string | undefined;
}

export const projectSortFields = [
  "name",
  "status",
  "start_date",
  "end_date",
  "created_at",
  "updated_at",
  "id",
] as const;

export async function findProject(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ProjectRow | undefined> {
  const [row] = await sql<ProjectRow[]>`
    select ${columns(sql)}
    from projects
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  return row;
}

/** Locks those of the ids that are there, lowest first, so that two who lock several never deadlock. */
export async function lockProjects(
  tx: Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<ProjectRow[]> {
  return await tx<ProjectRow[]>`
    select ${columns(tx)}
    from projects
    where company_id = ${companyId} and id = any(${[...ids]}::int8[]) and deleted_at is null
    order by id
    for no key update
  `;
}

export async function listProjects(
  sql: Sql | Tx,
  filter: ProjectFilter & {
    status: ProjectStatus | undefined;
    isArchived: boolean | undefined;
    sort: { field: (typeof projectSortFields)[number]; isDescending: boolean };
    limit: number;
    offset: number;
  },
): Promise<ProjectRow[]> {
  const direction = filter.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<ProjectRow[]>`
    select ${columns(sql)}
    from projects
    where ${matches(sql, filter)}
      ${filter.status === undefined ? sql`` : sql`and status = ${filter.status}`}
      ${filter.isArchived === undefined ? sql`` : sql`and is_archived = ${filter.isArchived}`}
    order by ${sql(filter.sort.field)} ${direction} nulls last, id ${direction}
    limit ${filter.limit} offset ${filter.offset}
  `;
}

/** How many match, by status and by being archived or not. */
export async function countProjects(
  sql: Sql | Tx,
  filter: ProjectFilter,
): Promise<{ status: ProjectStatus; isArchived: boolean; count: number }[]> {
  return await sql<{ status: ProjectStatus; isArchived: boolean; count: number }[]>`
    select status, is_archived, count(*)::int as count
    from projects
    where ${matches(sql, filter)}
    group by status, is_archived
  `;
}

export async function insertProject(
  tx: Tx,
  { companyId, now, ...fields }: ProjectFields & { companyId: number; now: Date },
): Promise<ProjectRow> {
  const [row] = await tx<ProjectRow[]>`
    insert into projects ${tx({ companyId, ...fields, createdAt: now, updatedAt: now })}
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error("the project was not inserted");
  return row;
}

/** Writes the given columns of a project that the transaction has locked. */
export async function updateProjectRow(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
  changes: Partial<ProjectFields>,
): Promise<ProjectRow> {
  const [row] = await tx<ProjectRow[]>`
    update projects set ${tx({ ...changes, updatedAt: now })}
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error(`project ${id} is gone`);
  return row;
}

/** Time that was worked on it stays, to be billed. */
export async function markProjectDeleted(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
): Promise<void> {
  await tx`
    update projects set deleted_at = ${now}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
}

export interface ProjectTimeRow {
  /** Seconds. Running timers count once they are stopped. */
  total: bigint;
  billed: bigint;
  /** Billable and not billed yet. */
  unbilled: bigint;
}

export async function sumProjectTime(
  sql: Sql | Tx,
  { companyId, projectId }: { companyId: number; projectId: number },
): Promise<ProjectTimeRow> {
  const [row] = await sql<ProjectTimeRow[]>`
    select
      coalesce(sum(duration), 0)::int8 as total,
      coalesce(sum(duration) filter (where is_billed), 0)::int8 as billed,
      coalesce(sum(duration) filter (where is_billable and not is_billed), 0)::int8 as unbilled
    from time_entries
    where company_id = ${companyId}
      and project_id = ${projectId}
      and not is_running
      and deleted_at is null
  `;
  return row ?? { total: 0n, billed: 0n, unbilled: 0n };
}

function matches(sql: Sql | Tx, { companyId, clientId, search }: ProjectFilter) {
  return sql`
    company_id = ${companyId}
    and deleted_at is null
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
    ${search === undefined ? sql`` : sql`and strpos(lower(name), lower(${search})) > 0`}
  `;
}

function columns(sql: Sql | Tx) {
  return sql`
    id, client_id, name, status, is_archived, billing_method, hourly_rate, budget_hours,
    budget_amount, budget_period, start_date, end_date, created_at, updated_at
  `;
}
