import type { LocalDate } from "../billing/dates.ts";
import type { InvoiceStatus } from "../billing/statuses.ts";
import { planAnew, type Sql, type Tx } from "./client.ts";

/** First and last day, both included, by the day of issue. */
interface Issued {
  companyId: number;
  from: LocalDate;
  to: LocalDate;
}

export interface RevenueRow {
  /** Its first day. */
  month: LocalDate;
  currency: string;
  /** Minor units, tax included. */
  invoiced: bigint;
  /** What of it is still owed. */
  outstanding: bigint;
}

/** What was invoiced in each month; drafts and cancelled invoices are not. */
export async function listRevenueByMonth(
  sql: Sql | Tx,
  { companyId, from, to }: Issued,
): Promise<RevenueRow[]> {
  return await planAnew(sql<RevenueRow[]>`
    select
      date_trunc('month', issue_date::timestamp)::date as month, currency,
      sum(total)::int8 as invoiced, sum(amount_due)::int8 as outstanding
    from invoices
    where company_id = ${companyId} and issue_date between ${from} and ${to} and ${isIssued(sql)}
    group by month, currency
    order by month, currency
  `);
}

export interface CollectedRow {
  /** Its first day. */
  month: LocalDate;
  currency: string;
  /** Minor units. */
  collected: bigint;
}

/**
 * The money that came in in each month, by the day of payment, less what was given back, by the day of
 * the refund. What was too much is in it, and a credit that is used later is no money.
 */
export async function listCollectedByMonth(
  sql: Sql | Tx,
  { companyId, from, to }: { companyId: number; from: LocalDate; to: LocalDate },
): Promise<CollectedRow[]> {
  return await planAnew(sql<CollectedRow[]>`
    with moved as (
      select payment_date as day, currency, amount
      from payments
      where company_id = ${companyId} and payment_date between ${from} and ${to}
      union all
      select refund_date, currency, -amount
      from payment_refunds
      where company_id = ${companyId} and refund_date between ${from} and ${to}
    )
    select
      date_trunc('month', day::timestamp)::date as month, currency, sum(amount)::int8 as collected
    from moved
    group by month, currency
    order by month, currency
  `);
}

export interface ClientRevenueRow {
  clientId: number;
  clientName: string;
  currency: string;
  /** Minor units, tax included. */
  total: bigint;
}

/** The clients who were invoiced most, so many of each currency: amounts of two do not compare. */
export async function listTopClients(
  sql: Sql | Tx,
  { companyId, from, to, perCurrency }: Issued & { perCurrency: number },
): Promise<ClientRevenueRow[]> {
  return await planAnew(sql<ClientRevenueRow[]>`
    with summed as (
      select client_id, currency, sum(total)::int8 as total
      from invoices
      where company_id = ${companyId} and issue_date between ${from} and ${to} and ${isIssued(sql)}
      group by client_id, currency
    ), ranked as (
      select *, row_number() over (partition by currency order by total desc, client_id) as place
      from summed
    )
    select ranked.client_id, clients.name as client_name, ranked.currency, ranked.total
    from ranked
    join clients on clients.company_id = ${companyId} and clients.id = ranked.client_id
    where place <= ${perCurrency}
    order by ranked.currency, place
  `);
}

export interface RecentInvoiceRow {
  id: number;
  invoiceNumber: string;
  clientName: string;
  status: InvoiceStatus;
  currency: string;
  total: bigint;
  updatedAt: Date;
}

/** What was touched last; cancelled and archived invoices left out. */
export async function listRecentInvoices(
  sql: Sql | Tx,
  { companyId, limit }: { companyId: number; limit: number },
): Promise<RecentInvoiceRow[]> {
  return await sql<RecentInvoiceRow[]>`
    with recent as (
      select in_state.*
      from unnest(array['draft', 'sent', 'viewed', 'partial', 'paid', 'overdue']) as state (status)
      cross join lateral (
        select id, invoice_number, client_id, status, currency, total, updated_at
        from invoices
        where company_id = ${companyId} and is_archived = false and status = state.status
          and deleted_at is null
        order by updated_at desc, id desc
        limit ${limit}
      ) as in_state
      order by updated_at desc, id desc
      limit ${limit}
    )
    select
      recent.id, recent.invoice_number, clients.name as client_name, recent.status,
      recent.currency, recent.total, recent.updated_at
    from recent
    join clients on clients.company_id = ${companyId} and clients.id = recent.client_id
    order by recent.updated_at desc, recent.id desc
  `;
}

export interface InvoiceSumsRow {
  currency: string;
  /** Null in a row of all statuses that count as issued. */
  status: InvoiceStatus | null;
  /** Null in a row of all clients. */
  clientId: number | null;
  clientName: string | null;
  count: number;
  /** Minor units. */
  total: bigint;
  paid: bigint;
  due: bigint;
  /** The part of what is due whose due date has passed. */
  overdue: bigint;
}

/**
 * What was issued, in three kinds of rows: by currency, by currency and client, and by currency and
 * status. Only the last counts drafts and cancelled invoices.
 */
export async function listInvoiceSums(
  sql: Sql | Tx,
  filter: Issued & { clientId: number | undefined; today: LocalDate },
): Promise<InvoiceSumsRow[]> {
  const { companyId, from, to, clientId, today } = filter;
  const isAsked = sql`
    company_id = ${companyId} and issue_date between ${from} and ${to}
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
  `;
  const invoiceSums = sql`
    count(*)::int as count, sum(total)::int8 as total, sum(amount_paid)::int8 as paid,
    sum(amount_due)::int8 as due,
    coalesce(sum(amount_due) filter (where due_date < ${today}), 0)::int8 as overdue
  `;
  return await planAnew(sql<InvoiceSumsRow[]>`
    with by_client as (
      select currency, client_id, ${invoiceSums}
      from invoices
      where ${isAsked} and ${isIssued(sql)}
      group by currency, client_id
    ), summed as (
      select currency, null as status, client_id, count, total, paid, due, overdue
      from by_client
      union all
      select
        currency, null, null::int8, sum(count)::int, sum(total)::int8, sum(paid)::int8,
        sum(due)::int8, sum(overdue)::int8
      from by_client
      group by currency
      union all
      select currency, status, null, ${invoiceSums}
      from invoices
      where ${isAsked} and is_archived in (false, true) and deleted_at is null
      group by currency, status
    )
    select summed.*, clients.name as client_name
    from summed
    left join clients on clients.company_id = ${companyId} and clients.id = summed.client_id
    order by summed.total desc, summed.client_id
  `);
}

/** Neither draft nor cancelled nor deleted; said so that the indexes by status are of use. */
export function isIssued(sql: Sql | Tx) {
  return sql`
    status in ('sent', 'viewed', 'partial', 'paid', 'overdue') and is_archived in (false, true)
    and deleted_at is null
  `;
}
