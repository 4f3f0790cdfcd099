import type { LocalDate } from "../billing/dates.ts";
import type { CalendarPeriod } from "../billing/periods.ts";
import { planAnew, type Fragment, type Sql, type Tx } from "./client.ts";
import { isIssued } from "./revenue.ts";
import { ofFilter, type WorkedFilter } from "./unbilled-work.ts";
import { amountOf, currencyOf, foreignCurrencies, workWithCurrency } from "./worked-time.ts";

/** A filter with both its days, cut into periods of the calendar; `limit` ids to each list. */
export type AnalyticsFilter = WorkedFilter & {
  from: LocalDate;
  to: LocalDate;
  period: CalendarPeriod;
  limit: number;
};

/** Time worked in a period, to be billed in one currency. Seconds, minor units. */
export interface WorkedInPeriodRow {
  /** First day of the calendar's period, which may be before the filter's. */
  start: LocalDate;
  /** The invoice's once the time is on one, else the client's, else the company's. */
  currency: string;
  duration: bigint;
  billable: bigint;
  /** Of the billable part, each entry rounded by itself. */
  amount: bigint;
  count: number;
  /** The lowest. */
  ids: bigint[];
}

/** What was worked, by the day of the entries; running timers count once they are stopped. */
export async function listWorkedByPeriod(
  sql: Sql | Tx,
  filter: AnalyticsFilter,
): Promise<WorkedInPeriodRow[]> {
  const { companyId, currency } = filter;
  return await planAnew(sql<WorkedInPeriodRow[]>`
    with ${foreignCurrencies(sql, filter)}, grouped as (
      select
        ${startOf(sql, filter, sql`e.date`)} as start, ${currencyOf(sql, currency)} as currency,
        sum(e.duration)::int8 as duration,
        coalesce(sum(e.duration) filter (where e.is_billable), 0)::int8 as billable,
        coalesce(sum(${amountOf(sql)}) filter (where e.is_billable), 0)::int8 as amount,
        count(*)::int as count, array_agg(e.id) as ids
      from ${workWithCurrency(sql)}
      where e.company_id = ${companyId} and e.deleted_at is null and not e.is_running
        ${ofFilter(sql, filter)}
      group by 1, 2
    )
    select start, currency, duration, billable, amount, count, ${lowest(sql, filter)} as ids
    from grouped
    order by start, currency
  `);
}

/** Money of records that lie in a period, in one currency. Minor units. */
export interface MoneyInPeriodRow {
  start: LocalDate;
  currency: string;
  amount: bigint;
  count: number;
  /** The lowest. */
  ids: bigint[];
}

/** What was invoiced, by the day of issue, with tax; drafts and cancelled invoices are not. */
export async function listInvoicedByPeriod(
  sql: Sql | Tx,
  filter: AnalyticsFilter,
): Promise<MoneyInPeriodRow[]> {
  const { companyId, from, to } = filter;
  return await listMoney(
    sql,
    filter,
    sql`
      select ${startOf(sql, filter, sql`i.issue_date`)} as start, i.currency, i.total as amount, i.id
      from invoices i
      where i.company_id = ${companyId} and i.issue_date between ${from} and ${to}
        and ${isIssued(sql)} ${ofInvoices(sql, filter)}
    `,
  );
}

/** What came in, by the day of payment. */
export async function listPaidByPeriod(
  sql: Sql | Tx,
  filter: AnalyticsFilter,
): Promise<MoneyInPeriodRow[]> {
  const { companyId, from, to } = filter;
  return await listMoney(
    sql,
    filter,
    sql`
      select ${startOf(sql, filter, sql`p.payment_date`)} as start, p.currency, p.amount, p.id
      from payments p
      where p.company_id = ${companyId} and p.payment_date between ${from} and ${to}
        ${ofPayments(sql, filter)}
    `,
  );
}

/** What was given back, by the day of the refund. */
export async function listRefundedByPeriod(
  sql: Sql | Tx,
  filter: AnalyticsFilter,
): Promise<MoneyInPeriodRow[]> {
  const { companyId, from, to } = filter;
  return await listMoney(
    sql,
    filter,
    sql`
      select ${startOf(sql, filter, sql`r.refund_date`)} as start, r.currency, r.amount, r.id
      from payment_refunds r
      join payments p on p.company_id = r.company_id and p.id = r.payment_id
      where r.company_id = ${companyId} and r.refund_date between ${from} and ${to}
        ${ofPayments(sql, filter)}
    `,
  );
}

async function listMoney(
  sql: Sql | Tx,
  filter: AnalyticsFilter,
  records: Fragment,
): Promise<MoneyInPeriodRow[]> {
  return await planAnew(sql<MoneyInPeriodRow[]>`
    with records as (${records}), grouped as (
      select
        start, currency, sum(amount)::int8 as amount, count(*)::int as count, array_agg(id) as ids
      from records
      group by start, currency
    )
    select start, currency, amount, count, ${lowest(sql, filter)} as ids
    from grouped
    order by start, currency
  `);
}

function startOf(sql: Sql | Tx, { period }: AnalyticsFilter, day: Fragment): Fragment {
  return sql`date_trunc(${period}, ${day}::timestamp)::date`;
}

/** Sorting a few of each group's takes less than sorting all that are grouped. */
function lowest(sql: Sql | Tx, { limit }: AnalyticsFilter): Fragment {
  return sql`array(select id from unnest(ids) as id order by id limit ${limit})`;
}

function ofPayments(sql: Sql | Tx, filter: AnalyticsFilter): Fragment {
  if (filter.clientId === undefined && filter.projectId === undefined) return sql``;
  return sql`
    and exists (
      select from invoices i
      where i.company_id = p.company_id and i.id = p.invoice_id ${ofInvoices(sql, filter)}
    )
  `;
}

/** As in exports: an invoice belongs to a project that it names, or whose time or expenses it bills. */
function ofInvoices(sql: Sql | Tx, { companyId, clientId, projectId }: AnalyticsFilter): Fragment {
  const ofClient = clientId === undefined ? sql`` : sql`and i.client_id = ${clientId}`;
  if (projectId === undefined) return ofClient;
  return sql`
    ${ofClient}
    and (
      i.project_id = ${projectId}
      or i.id in (
        select e.invoice_id from time_entries e
        where e.company_id = ${companyId} and e.project_id = ${projectId}
          and e.invoice_id is not null
      )
      or i.id in (
        select x.invoice_id from expenses x
        where x.company_id = ${companyId} and x.project_id = ${projectId}
          and x.invoice_id is not null
      )
    )
  `;
}
