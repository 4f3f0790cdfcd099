import type { LocalDate } from "../billing/dates.ts";
import { planAnew, type Fragment, type Sql, type Tx } from "./client.ts";
import { isOwed } from "./receivables.ts";
import { orderOfTold, tellPage, type ReportPage, type Told } from "./report-pages.ts";
import { amountOf, isUnbilled } from "./worked-time.ts";

/** Work that could be billed and is on no invoice, of one client and project in one currency. */
export interface UnbilledProjectRow extends Told {
  /** Null for work of no client. */
  clientId: number | null;
  clientName: string | null;
  projectId: number | null;
  projectName: string | null;
  entryCount: bigint;
  /** Seconds. */
  seconds: bigint;
  /** Minor units; each entry rounded by itself. */
  timeAmount: bigint;
  expenseCount: bigint;
  /** Minor units, without tax. */
  expenseAmount: bigint;
  oldestDate: LocalDate;
}

/**
 * Billable time and expenses on no invoice, the most first; totals before all. Time counts in its client's
 * currency, else the company's; archived expenses cannot be billed, and are left out.
 */
export async function listUnbilledByProject(
  sql: Sql | Tx,
  { companyId, currency }: { companyId: number; currency: string },
  page: ReportPage,
): Promise<UnbilledProjectRow[]> {
  const columns = {
    keys: ["client_id", "project_id"],
    sums: ["entry_count", "seconds", "time_amount", "expense_count", "expense_amount"],
    least: ["oldest_date"],
    order: (row: Fragment) => sql`${row}.time_amount + ${row}.expense_amount desc`,
  };
  return await planAnew(sql<UnbilledProjectRow[]>`
    with work as (${unbilledWork(sql, { companyId, currency })}), summed as (
      select
        client_id, project_id, currency, sum(entry_count) as entry_count, sum(seconds) as seconds,
        sum(time_amount) as time_amount, sum(expense_count) as expense_count,
        sum(expense_amount) as expense_amount, min(oldest_date) as oldest_date
      from work
      group by client_id, project_id, currency
    ), ${tellPage(sql, columns, page)}
    select told.*, c.name as client_name, p.name as project_name
    from told
    left join clients c on c.company_id = ${companyId} and c.id = told.client_id
    left join projects p on p.company_id = ${companyId} and p.id = told.project_id
    order by ${orderOfTold(sql, columns)}
  `);
}

/** On its way to being money, from the first to the last. */
export const pipelineStages = [
  "quoted",
  "accepted",
  "unbilled",
  "scheduled",
  "draft",
  "sent",
  "overdue",
] as const;
export type PipelineStage = (typeof pipelineStages)[number];

/** What stands at one stage in one currency. */
export interface PipelineRow {
  stage: PipelineStage;
  currency: string;
  count: number;
  /** Minor units. */
  amount: bigint;
}

/**
 * Quotes that can still be accepted, accepted ones that are on no invoice, unbilled work, series whose next
 * invoice is due by `until`, drafts, and what clients owe: not due yet and overdue.
 */
export async function listPipeline(
  sql: Sql | Tx,
  filter: { companyId: number; currency: string; today: LocalDate; until: LocalDate },
): Promise<PipelineRow[]> {
  const { companyId, today, until } = filter;
  return await planAnew(sql<PipelineRow[]>`
    with work as (${unbilledWork(sql, filter)})
    select
      case status when 'accepted' then 'accepted' else 'quoted' end as stage, currency,
      count(*)::int as count, sum(total)::int8 as amount
    from quotes
    where company_id = ${companyId} and deleted_at is null and (
        status in ('sent', 'viewed') and expiry_date >= ${today}
        or status = 'accepted' and converted_to_invoice_id is null and not is_invoiced_elsewhere
      )
    group by 1, 2
    union all
    select
      'unbilled', currency, sum(entry_count + expense_count)::int,
      sum(time_amount + expense_amount)::int8
    from work
    group by currency
    union all
    select 'scheduled', currency, count(*)::int, sum(total)::int8
    from recurring_invoices
    where company_id = ${companyId} and status = 'active' and parked_at is null
      and deleted_at is null and not is_archived and next_generate_date <= ${until}
    group by currency
    union all
    select 'draft', currency, count(*)::int, sum(amount_due)::int8
    from invoices
    where company_id = ${companyId} and status = 'draft' and is_archived in (false, true)
      and deleted_at is null
    group by currency
    union all
    select
      case when due_date < ${today} then 'overdue' else 'sent' end, currency, count(*)::int,
      sum(amount_due)::int8
    from invoices
    where company_id = ${companyId} and ${isOwed(sql)}
    group by 1, 2
  `);
}

function unbilledWork(
  sql: Sql | Tx,
  { companyId, currency }: { companyId: number; currency: string },
): Fragment {
  return sql`
    select
      e.client_id, e.project_id, coalesce(c.currency, ${currency}) as currency,
      count(*) as entry_count, sum(e.duration) as seconds, sum(${amountOf(sql)}) as time_amount,
      0 as expense_count, 0 as expense_amount, min(e.date) as oldest_date
    from time_entries e
    left join clients c on c.company_id = e.company_id and c.id = e.client_id
    where e.company_id = ${companyId} and ${isUnbilled(sql)}
    group by 1, 2, 3
    union all
    select
      client_id, project_id, currency, 0, 0, 0, count(*), sum(amount), min(expense_date)
    from expenses
    where company_id = ${companyId} and is_billable and not is_billed and not is_archived
      and deleted_at is null
    group by 1, 2, 3
  `;
}
