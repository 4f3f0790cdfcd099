import type { LocalDate } from "../billing/dates.ts";
import type { Days } from "../billing/periods.ts";
import type { BudgetPeriod } from "../billing/retainers.ts";
import type { Sql, Tx } from "./client.ts";
import { amountOf } from "./worked-time.ts";

/** A project with a budget, and what was worked of it in the budget's period. */
export interface BudgetUseRow {
  projectId: number;
  projectName: string;
  clientId: number | null;
  clientName: string | null;
  /** The client's, or the company's for work of no client. */
  currency: string;
  budgetPeriod: BudgetPeriod | null;
  /** Decimal text with four places; null when it is not limited, or not above 0. */
  budgetHours: string | null;
  /** Minor units; null likewise. */
  budgetAmount: bigint | null;
  /** Of the project: the days outside are no part of a period. */
  startDate: LocalDate | null;
  endDate: LocalDate | null;
  /** Billable time until the day that was asked for: seconds, and minor units rounded by entry. */
  usedDuration: bigint;
  usedAmount: bigint;
  entries: number;
}

/** Projects at work that have a budget. `periods` says which days each kind of period has now. */
export async function listBudgetUse(
  sql: Sql | Tx,
  filter: {
    companyId: number;
    currency: string;
    projectId: number | undefined;
    clientId: number | undefined;
    periods: ReadonlyMap<BudgetPeriod, Days>;
    until: LocalDate;
  },
): Promise<BudgetUseRow[]> {
  const { companyId, currency, projectId, clientId, periods, until } = filter;
  return await sql<BudgetUseRow[]>`
    with periods as (
      select *
      from unnest(
        ${[...periods.keys()]}::text[],
        ${[...periods.values()].map(({ start }) => start)}::text[]::date[]
      ) as period (name, first_day)
    ), budgeted as (
      select
        p.id, p.name, p.client_id, p.budget_period, p.start_date, p.end_date,
        case when p.budget_hours > 0 then p.budget_hours end as budget_hours,
        case when p.budget_amount > 0 then p.budget_amount end as budget_amount,
        coalesce(periods.first_day, '-infinity') as first_day
      from projects p
      left join periods on periods.name = p.budget_period
      where p.company_id = ${companyId} and p.deleted_at is null and p.status = 'active'
        and not p.is_archived and (p.budget_hours > 0 or p.budget_amount > 0)
        ${projectId === undefined ? sql`` : sql`and p.id = ${projectId}`}
        ${clientId === undefined ? sql`` : sql`and p.client_id = ${clientId}`}
    ), used as (
      select
        e.project_id, sum(e.duration)::int8 as duration, sum(${amountOf(sql)})::int8 as amount,
        count(*)::int as entries
      from budgeted b
      join time_entries e
        on e.company_id = ${companyId} and e.project_id = b.id
        and e.date between b.first_day and ${until}
      where e.is_billable and not e.is_running and e.deleted_at is null
      group by e.project_id
    )
    select
      b.id as project_id, b.name as project_name, b.client_id, c.name as client_name,
      coalesce(c.currency, ${currency}) as currency, b.budget_period, b.budget_hours,
      b.budget_amount, b.start_date, b.end_date, coalesce(used.duration, 0)::int8 as used_duration,
      coalesce(used.amount, 0)::int8 as used_amount, coalesce(used.entries, 0)::int as entries
    from budgeted b
    left join clients c on c.company_id = ${companyId} and c.id = b.client_id
    left join used on used.project_id = b.id
    order by b.id
  `;
}

/** The lowest ids of the entries that such sums are made of, for each of some projects. */
export async function listBudgetEntries(
  sql: Sql | Tx,
  filter: {
    companyId: number;
    /** From which day each project's budget is used; null: from the first. */
    projects: readonly { projectId: number; from: LocalDate | null }[];
    until: LocalDate;
    limit: number;
  },
): Promise<Map<number, bigint[]>> {
  const { companyId, projects, until, limit } = filter;
  const rows = await sql<{ projectId: number; ids: bigint[] }[]>`
    select
      p.project_id,
      array(
        select e.id
        from time_entries e
        where e.company_id = ${companyId} and e.project_id = p.project_id
          and e.date between coalesce(p.first_day, '-infinity') and ${until}
          and e.is_billable and not e.is_running and e.deleted_at is null
        order by e.id
        limit ${limit}
      ) as ids
    from unnest(
      ${projects.map(({ projectId }) => projectId)}::int8[],
      ${projects.map(({ from }) => from)}::text[]::date[]
    ) as p (project_id, first_day)
  `;
  return new Map(rows.map(({ projectId, ids }) => [projectId, ids]));
}
