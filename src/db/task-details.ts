import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";
import { amountOf, isBillableNow } from "./worked-time.ts";

/** What a task is for, by name; also what was deleted since. */
export interface TaskNamesRow {
  id: number;
  clientName: string | null;
  projectName: string | null;
}

export async function listTaskNames(
  sql: Sql | Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<TaskNamesRow[]> {
  return await sql<TaskNamesRow[]>`
    select t.id, c.name as client_name, p.name as project_name
    from tasks t
    left join clients c on c.company_id = t.company_id and c.id = t.client_id
    left join projects p on p.company_id = t.company_id and p.id = t.project_id
    where t.company_id = ${companyId} and t.id = any(${[...ids]}::int8[])
  `;
}

/** What was worked on a task, in seconds; running timers count once they are stopped. */
export interface TaskTimeRow {
  taskId: number;
  duration: bigint;
  billable: bigint;
  /** Billable and billed nowhere. */
  unbilled: bigint;
}

/** Those of the tasks on which somebody has worked. */
export async function sumTaskTime(
  sql: Sql | Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<TaskTimeRow[]> {
  return await sql<TaskTimeRow[]>`
    select
      task_id, sum(duration)::int8 as duration,
      coalesce(sum(duration) filter (where is_billable), 0)::int8 as billable,
      coalesce(sum(duration) filter (where is_billable and not is_billed), 0)::int8 as unbilled
    from time_entries
    where company_id = ${companyId} and task_id = any(${[...ids]}::int8[])
      and not is_running and deleted_at is null
    group by task_id
  `;
}

export interface CandidateFilter {
  companyId: number;
  /** Of the company: of time that is nobody's yet. */
  currency: string;
  clientId?: number | undefined;
  projectId?: number | undefined;
  userId?: number | undefined;
  /** First and last day of the work, both included. */
  from?: LocalDate | undefined;
  to?: LocalDate | undefined;
}

/** What of a task an invoice to one client could bill. */
export interface CandidateRow {
  taskId: number;
  summary: string;
  projectId: number | null;
  clientId: number | null;
  currency: string;
  entries: number;
  /** Seconds. */
  duration: bigint;
  /** Minor units; each entry rounded by itself. */
  amount: bigint;
  firstDate: LocalDate;
  lastDate: LocalDate;
}

/**
 * Tasks with time that `lockUnbilledTimeOfTasks` would take, once for each client of that time, in the
 * order of the list. A client's are also those of time that is no client's.
 */
export async function listCandidates(
  sql: Sql | Tx,
  filter: CandidateFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<CandidateRow[]> {
  return await sql<CandidateRow[]>`
    select
      e.task_id, t.summary, t.project_id, e.client_id,
      coalesce(c.currency, ${filter.currency}) as currency, count(*)::int as entries,
      sum(e.duration)::int8 as duration,
      sum(${amountOf(sql)})::int8 as amount,
      min(e.date) as first_date, max(e.date) as last_date
    from time_entries e
    join tasks t on t.company_id = e.company_id and t.id = e.task_id
    left join clients c on c.company_id = e.company_id and c.id = e.client_id
    where ${isCandidate(sql, filter)}
    group by e.task_id, t.summary, t.project_id, t.position, e.client_id, c.currency
    order by t.position, e.client_id nulls last
    limit ${limit} offset ${offset}
  `;
}

export async function countCandidates(sql: Sql | Tx, filter: CandidateFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from (select distinct e.task_id, e.client_id from time_entries e where ${isCandidate(sql, filter)})
      as candidates
  `;
  return row?.count ?? 0;
}

function isCandidate(sql: Sql | Tx, filter: CandidateFilter) {
  const { companyId, clientId, projectId, userId, from, to } = filter;
  return sql`
    e.company_id = ${companyId} and e.task_id is not null
    and ${isBillableNow(sql)}
    ${clientId === undefined ? sql`` : sql`and (e.client_id is null or e.client_id = ${clientId})`}
    ${projectId === undefined ? sql`` : sql`and e.project_id = ${projectId}`}
    ${userId === undefined ? sql`` : sql`and e.user_id = ${userId}`}
    ${from === undefined ? sql`` : sql`and e.date >= ${from}`}
    ${to === undefined ? sql`` : sql`and e.date <= ${to}`}
  `;
}
