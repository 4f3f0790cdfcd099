import type { LocalDate } from "../billing/dates.ts";
import { planAnew, type Fragment, type Sql, type Tx } from "./client.ts";
import { orderOfTold, tellPage, type ReportPage, type Told } from "./report-pages.ts";
import { amountOf, currencyOf, foreignCurrencies, workWithCurrency } from "./worked-time.ts";

/** The columns of `worthSums` that are added up. */
const worthColumns = [
  "entry_count",
  "seconds",
  "billable",
  "billed",
  "amount",
  "billed_amount",
] as const;

/** Whose time is added up: entries of these days that are stopped and not deleted. */
export interface TimeFilter {
  companyId: number;
  from: LocalDate;
  to: LocalDate;
  userId?: number | undefined;
  clientId?: number | undefined;
  projectId?: number | undefined;
}

/** Seconds. */
export interface TimeSums {
  entryCount: bigint;
  seconds: bigint;
  billable: bigint;
  /** The part of the billable time that is on an invoice, or was billed elsewhere. */
  billed: bigint;
}

/** The same with what it is worth: minor units, each entry rounded by itself. */
export interface WorthSums extends TimeSums {
  currency: string;
  /** Of the billable time. */
  amount: bigint;
  /** Of the billed part of it. */
  billedAmount: bigint;
}

/** Time on one task in one currency; what was worked on no task is split by project and service. */
export interface TaskTimeRow extends WorthSums, Told {
  taskId: number | null;
  taskSummary: string | null;
  clientId: number | null;
  clientName: string | null;
  projectId: number | null;
  projectName: string | null;
  serviceId: number | null;
  serviceName: string | null;
}

/** The longest first; totals before all. The client is the task's, or the project's. */
export async function listTaskTime(
  sql: Sql | Tx,
  filter: TimeFilter & { currency: string },
  page: ReportPage,
): Promise<TaskTimeRow[]> {
  const { companyId } = filter;
  const columns = {
    keys: ["task_id", "of_project", "service_id"],
    sums: worthColumns,
    order: (row: Fragment) => sql`${row}.seconds desc`,
  };
  return await planAnew(sql<TaskTimeRow[]>`
    with ${foreignCurrencies(sql, filter)}, summed as (
      select
        e.task_id, case when e.task_id is null then e.project_id end as of_project,
        case when e.task_id is null then e.service_id end as service_id,
        ${worthSums(sql, filter.currency)}
      from ${workWithCurrency(sql)}
      where ${isWorked(sql, filter)}
      group by 1, 2, 3, 4
    ), ${tellPage(sql, columns, page)}
    select
      told.*, t.summary as task_summary, p.id as project_id, p.name as project_name,
      c.id as client_id, c.name as client_name, s.name as service_name
    from told
    left join tasks t on t.company_id = ${companyId} and t.id = told.task_id
    left join projects p
      on p.company_id = ${companyId} and p.id = coalesce(t.project_id, told.of_project)
    left join clients c
      on c.company_id = ${companyId} and c.id = coalesce(t.client_id, p.client_id)
    left join services s on s.company_id = ${companyId} and s.id = told.service_id
    order by ${orderOfTold(sql, columns)}
  `);
}

export interface DailyTimeRow extends TimeSums {
  date: LocalDate;
}

/** Time by day, for days on which somebody worked. */
export async function listDailyTime(sql: Sql | Tx, filter: TimeFilter): Promise<DailyTimeRow[]> {
  return await planAnew(sql<DailyTimeRow[]>`
    select e.date, ${timeSums(sql)}
    from time_entries e
    where ${isWorked(sql, filter)}
    group by e.date
    order by e.date
  `);
}

export interface TimesheetRow extends DailyTimeRow {
  userId: number;
  userName: string;
}

/** Time by person and day, for days on which the person worked. */
export async function listTimesheet(sql: Sql | Tx, filter: TimeFilter): Promise<TimesheetRow[]> {
  return await planAnew(sql<TimesheetRow[]>`
    with summed as (
      select e.user_id, e.date, ${timeSums(sql)}
      from time_entries e
      where ${isWorked(sql, filter)}
      group by e.user_id, e.date
    )
    select summed.*, users.name as user_name
    from summed
    join users on users.id = summed.user_id
    order by users.name, summed.user_id, summed.date
  `);
}

export interface ProjectTimeRow extends WorthSums {
  /** Null for work on no project. */
  projectId: number | null;
  projectName: string | null;
  clientId: number | null;
  clientName: string | null;
  /** People who worked on it. */
  personCount: number;
  /** As numeric text. */
  budgetHours: string | null;
}

/** Time by project and currency, the longest first. The client is the project's. */
export async function listProjectTime(
  sql: Sql | Tx,
  filter: TimeFilter & { currency: string },
): Promise<ProjectTimeRow[]> {
  const { companyId } = filter;
  return await planAnew(sql<ProjectTimeRow[]>`
    with ${foreignCurrencies(sql, filter)}, by_person as (
      select e.project_id, e.user_id, ${worthSums(sql, filter.currency)}
      from ${workWithCurrency(sql)}
      where ${isWorked(sql, filter)}
      group by e.project_id, e.user_id, 3
    ), summed as (
      select project_id, currency, count(*)::int as person_count, ${addedUp(sql)}
      from by_person
      group by project_id, currency
    )
    select summed.*, p.name as project_name, p.budget_hours, p.client_id, c.name as client_name
    from summed
    left join projects p on p.company_id = ${companyId} and p.id = summed.project_id
    left join clients c on c.company_id = ${companyId} and c.id = p.client_id
    order by summed.seconds desc, summed.project_id, summed.currency
  `);
}

/** Time with one tag; or, `isTotal`, all time, each entry once. */
export interface TagTimeRow extends TimeSums {
  isTotal: boolean;
  /** Null for work without a tag. */
  tagId: number | null;
  tagName: string | null;
}

/**
 * Time by the tags of its task and project, the longest first, after the total. Work with several tags counts for
 * each.
 */
export async function listTagTime(sql: Sql | Tx, filter: TimeFilter): Promise<TagTimeRow[]> {
  const { companyId } = filter;
  const sums = sql`
    coalesce(sum(entry_count), 0)::int8 as entry_count, coalesce(sum(seconds), 0)::int8 as seconds,
    coalesce(sum(billable), 0)::int8 as billable, coalesce(sum(billed), 0)::int8 as billed
  `;
  return await planAnew(sql<TagTimeRow[]>`
    with by_work as materialized (
      select e.task_id, e.project_id, ${timeSums(sql)}
      from time_entries e
      where ${isWorked(sql, filter)}
      group by e.task_id, e.project_id
    )
    select true as is_total, null::int8 as tag_id, null as tag_name, ${sums}
    from by_work
    union all
    select false, t.id, t.name, ${sums}
    from by_work w
    left join lateral (
      select tags.id, tags.name
      from tags
      where tags.company_id = ${companyId} and tags.deleted_at is null and tags.id in (
          select tag_id from task_tags where company_id = ${companyId} and task_id = w.task_id
          union all
          select tag_id from project_tags
          where company_id = ${companyId} and project_id = w.project_id
        )
    ) t on true
    group by t.id, t.name
    order by is_total desc, seconds desc, tag_id
  `);
}

export interface ClientTimeRow extends WorthSums, Told {
  /** Null for work of no client. */
  clientId: number | null;
  clientName: string | null;
}

/** Time by client, what is billable of it first; totals before all. */
export async function listClientTime(
  sql: Sql | Tx,
  filter: TimeFilter & { currency: string },
  page: ReportPage,
): Promise<ClientTimeRow[]> {
  const { companyId } = filter;
  const columns = {
    keys: ["client_id"],
    sums: worthColumns,
    order: (row: Fragment) => sql`${row}.billable desc`,
  };
  return await planAnew(sql<ClientTimeRow[]>`
    with ${foreignCurrencies(sql, filter)}, summed as (
      select e.client_id, ${worthSums(sql, filter.currency)}
      from ${workWithCurrency(sql)}
      where ${isWorked(sql, filter)}
      group by e.client_id, 2
    ), ${tellPage(sql, columns, page)}
    select told.*, c.name as client_name
    from told
    left join clients c on c.company_id = ${companyId} and c.id = told.client_id
    order by ${orderOfTold(sql, columns)}
  `);
}

/** All time together. */
export async function sumTime(sql: Sql | Tx, filter: TimeFilter): Promise<TimeSums> {
  const [row] = await planAnew(sql<TimeSums[]>`
    select ${timeSums(sql)} from time_entries e where ${isWorked(sql, filter)}
  `);
  return row!;
}

function isWorked(sql: Sql | Tx, filter: TimeFilter): Fragment {
  const { companyId, from, to, userId, clientId, projectId } = filter;
  return sql`
    e.company_id = ${companyId} and e.date between ${from} and ${to}
    and not e.is_running and e.deleted_at is null
    ${userId === undefined ? sql`` : sql`and e.user_id = ${userId}`}
    ${clientId === undefined ? sql`` : sql`and e.client_id = ${clientId}`}
    ${projectId === undefined ? sql`` : sql`and e.project_id = ${projectId}`}
  `;
}

function timeSums(sql: Sql | Tx): Fragment {
  return sql`
    count(*) as entry_count, coalesce(sum(e.duration), 0)::int8 as seconds,
    coalesce(sum(e.duration) filter (where e.is_billable), 0)::int8 as billable,
    coalesce(sum(e.duration) filter (where e.is_billable and e.is_billed), 0)::int8 as billed
  `;
}

/** Sums of what was summed before. */
function addedUp(sql: Sql | Tx): Fragment {
  return sql`
    sum(entry_count)::int8 as entry_count, sum(seconds)::int8 as seconds,
    sum(billable)::int8 as billable, sum(billed)::int8 as billed, sum(amount)::int8 as amount,
    sum(billed_amount)::int8 as billed_amount
  `;
}

/** The currency, which is to be grouped by, and the sums. */
function worthSums(sql: Sql | Tx, currency: string): Fragment {
  const amount = amountOf(sql);
  return sql`
    ${currencyOf(sql, currency)} as currency, ${timeSums(sql)},
    coalesce(sum(${amount}) filter (where e.is_billable), 0)::int8 as amount,
    coalesce(sum(${amount}) filter (where e.is_billable and e.is_billed), 0)::int8
      as billed_amount
  `;
}
