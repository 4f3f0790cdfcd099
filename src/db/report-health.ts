import type { LocalDate } from "../billing/dates.ts";
import { planAnew, type Sql, type Tx } from "./client.ts";
import { isOwed } from "./receivables.ts";
import type { ReportPage } from "./report-pages.ts";
import { isIssued } from "./revenue.ts";

/** From well to ill. */
export const clientHealths = ["good", "watch", "at_risk"] as const;
export type ClientHealth = (typeof clientHealths)[number];

/** How one client pays in one currency. Minor units; days are calendar days. */
export interface ClientHealthRow {
  clientId: number;
  clientName: string;
  currency: string;
  health: ClientHealth;
  invoiceCount: number;
  invoiced: bigint;
  paidCount: number;
  /** Paid after their due date. */
  paidLateCount: number;
  /**
   * Of those that were paid, added up: from the day of issue to that of the last payment, or the day on which
   * credits left nothing to pay.
   */
  daysToPay: bigint;
  lastIssueDate: LocalDate | null;
  outstanding: bigint;
  overdue: bigint;
  /** Of the oldest that is overdue; 0 when none is. */
  daysOverdue: number;
}

/** Overdue for longer than this is more than an oversight. */
const RISK_DAYS = 60;

/**
 * Everybody who was invoiced in the period or owes something now, who owes most first. What was issued in the
 * period counts for how it was paid, all that is owed for the rest (docs/reports.md, client health). Also: how
 * many rows there are on all pages, and how many clients, each by the worst of its currencies.
 */
export async function listClientHealth(
  sql: Sql | Tx,
  filter: {
    companyId: number;
    from: LocalDate;
    to: LocalDate;
    today: LocalDate;
    timezone: string;
  },
  page: ReportPage,
): Promise<{ rows: ClientHealthRow[]; total: number; clients: Record<ClientHealth, number> }> {
  const { companyId, from, to, today, timezone } = filter;
  const found = await planAnew(sql<(ClientHealthRow & { rank: number; rowCount: number })[]>`
    with last_payments as (
      select invoice_id, max(payment_date) as paid_on
      from payments
      where company_id = ${companyId}
      group by invoice_id
    ), last_credits as (
      select invoice_id, (max(created_at) at time zone ${timezone})::date as credited_on
      from credit_applications
      where company_id = ${companyId}
      group by invoice_id
    ), issued as (
      select
        i.client_id, i.currency, i.issue_date, i.total, i.status = 'paid' as is_paid, i.due_date,
        coalesce(
          greatest(p.paid_on, c.credited_on), (i.paid_at at time zone ${timezone})::date
        ) as paid_on
      from invoices i
      left join last_payments p on p.invoice_id = i.id and i.status = 'paid'
      left join last_credits c on c.invoice_id = i.id and i.status = 'paid'
      where i.company_id = ${companyId} and i.issue_date between ${from} and ${to}
        and ${isIssued(sql)}
    ), billed as (
      select
        client_id, currency, count(*)::int as invoice_count, sum(total)::int8 as invoiced,
        (count(*) filter (where is_paid))::int as paid_count,
        (count(*) filter (where is_paid and paid_on > due_date))::int as paid_late_count,
        coalesce(sum(greatest(0, paid_on - issue_date)) filter (where is_paid), 0)::int8
          as days_to_pay,
        max(issue_date) as last_issue_date
      from issued
      group by client_id, currency
    ), owed as (
      select
        client_id, currency, sum(amount_due)::int8 as outstanding,
        coalesce(sum(amount_due) filter (where due_date < ${today}), 0)::int8 as overdue,
        greatest(0, ${today}::date - min(due_date)) as days_overdue
      from invoices
      where company_id = ${companyId} and ${isOwed(sql)}
      group by client_id, currency
    ), known as (
      select
        client_id, currency, coalesce(invoice_count, 0) as invoice_count,
        coalesce(invoiced, 0) as invoiced, coalesce(paid_count, 0) as paid_count,
        coalesce(paid_late_count, 0) as paid_late_count, coalesce(days_to_pay, 0) as days_to_pay,
        last_issue_date, coalesce(outstanding, 0) as outstanding, coalesce(overdue, 0) as overdue,
        coalesce(days_overdue, 0) as days_overdue
      from billed
      full join owed using (client_id, currency)
    ), rated as materialized (
      select
        *,
        case
          when overdue > 0 and (days_overdue > ${RISK_DAYS} or paid_late_count * 2 > paid_count)
            then 2
          when overdue > 0 or paid_late_count * 4 > paid_count then 1
          else 0
        end as rank
      from known
    ), shown as (
      select * from rated
      order by overdue desc, outstanding desc, client_id, currency
      ${page === undefined ? sql`` : sql`limit ${page.limit} offset ${page.offset}`}
    ), worst as (
      select max(rank) as rank, count(*)::int as rows from rated group by client_id
    )
    select
      rank, sum(rows)::int as row_count, count(*)::int as invoice_count, null::int8 as client_id,
      null as client_name, null as currency, null::int8 as invoiced, null::int as paid_count,
      null::int as paid_late_count, null::int8 as days_to_pay, null::date as last_issue_date,
      null::int8 as outstanding, null::int8 as overdue, null::int as days_overdue
    from worst
    group by rank
    union all
    select
      s.rank, 0, s.invoice_count, s.client_id, c.name, s.currency, s.invoiced, s.paid_count,
      s.paid_late_count, s.days_to_pay, s.last_issue_date, s.outstanding, s.overdue, s.days_overdue
    from shown s
    join clients c on c.company_id = ${companyId} and c.id = s.client_id
    order by overdue desc nulls first, outstanding desc, client_id, currency
  `);
  const counts = found.filter((row) => row.rowCount > 0);
  const countOf = (rank: number) => counts.find((row) => row.rank === rank)?.invoiceCount ?? 0;
  return {
    rows: found
      .filter((row) => row.rowCount === 0)
      .map((row) => ({ ...row, health: clientHealths[row.rank]! })),
    total: counts.reduce((sum, row) => sum + row.rowCount, 0),
    clients: { good: countOf(0), watch: countOf(1), at_risk: countOf(2) },
  };
}
