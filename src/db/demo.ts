import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";

/** An invoice that waits for money, as much of it as whoever plays the clients needs to know. */
export interface OpenInvoiceRow {
  id: number;
  clientName: string;
  dueDate: LocalDate;
  total: bigint;
  amountDue: bigint;
  isDisputed: boolean;
}

/** A company's open invoices, by id. */
export async function listOpenInvoices(tx: Tx, companyId: number): Promise<OpenInvoiceRow[]> {
  return await tx<OpenInvoiceRow[]>`
    select
      invoices.id, clients.name as client_name, invoices.due_date, invoices.total,
      invoices.amount_due, invoices.is_disputed
    from invoices
    join clients on clients.company_id = invoices.company_id and clients.id = invoices.client_id
    where invoices.company_id = ${companyId}
      and invoices.status in ('sent', 'viewed', 'partial', 'overdue')
      and invoices.deleted_at is null
    order by invoices.id
  `;
}

/** The id of the client with this name. */
export async function findClientByName(
  tx: Tx,
  { companyId, name }: { companyId: number; name: string },
): Promise<number | undefined> {
  const [row] = await tx<{ id: number }[]>`
    select id from clients where company_id = ${companyId} and name = ${name} and deleted_at is null
  `;
  return row?.id;
}

/** What was counted, under which name, and how much money it was. */
export interface TallyRow {
  kind: "invoice" | "draft" | "payment" | "mail" | "unsent mail" | "blocked reminder";
  /** Currency, kind of mail with its status, or reason. */
  name: string;
  count: number;
  amount: bigint;
}

/** What happened in a company between two instants of its clock, the second one left out, and is in no night's report. */
export async function tally(
  sql: Sql,
  { companyId, from, to }: { companyId: number; from: Date; to: Date },
): Promise<TallyRow[]> {
  return await sql<TallyRow[]>`
    select
      case when status = 'draft' then 'draft' else 'invoice' end as kind, currency as name,
      count(*)::int as count, sum(total)::bigint as amount
    from invoices
    where company_id = ${companyId} and created_at >= ${from} and created_at < ${to}
    group by 1, 2
    union all
    select 'payment', currency, count(*)::int, sum(amount)::bigint
    from payments
    where company_id = ${companyId} and created_at >= ${from} and created_at < ${to}
    group by 2
    union all
    select 'mail', kind, count(*)::int, 0
    from deliveries
    where company_id = ${companyId} and accepted_at >= ${from} and accepted_at < ${to}
    group by 2
    union all
    select 'unsent mail', status || ' (' || kind || ')', count(*)::int, 0
    from deliveries
    where company_id = ${companyId} and created_at >= ${from} and created_at < ${to}
      and status <> 'accepted'
    group by 2
    union all
    select 'blocked reminder', coalesce(reason, ''), count(*)::int, 0
    from invoice_reminders
    where company_id = ${companyId} and created_at >= ${from} and created_at < ${to}
      and status = 'blocked'
    group by 2
    order by 1, 2
  `;
}

/** A series that waits for a person. */
export interface ParkedSeriesRow {
  id: number;
  title: string;
  clientName: string;
  parkedOn: LocalDate;
  reason: string | null;
}

export async function listParkedSeries(sql: Sql, companyId: number): Promise<ParkedSeriesRow[]> {
  return await sql<ParkedSeriesRow[]>`
    select
      series.id, series.title, clients.name as client_name, series.parked_on,
      series.parked_reason as reason
    from recurring_invoices as series
    join clients on clients.company_id = series.company_id and clients.id = series.client_id
    where series.company_id = ${companyId} and series.parked_at is not null
      and series.deleted_at is null
    order by series.id
  `;
}

/** Open invoices that a client disputes. */
export async function listDisputed(
  sql: Sql,
  companyId: number,
): Promise<{ invoiceNumber: string; clientName: string }[]> {
  return await sql<{ invoiceNumber: string; clientName: string }[]>`
    select invoices.invoice_number, clients.name as client_name
    from invoices
    join clients on clients.company_id = invoices.company_id and clients.id = invoices.client_id
    where invoices.company_id = ${companyId} and invoices.is_disputed
      and invoices.status in ('sent', 'viewed', 'partial', 'overdue')
      and invoices.deleted_at is null
    order by invoices.id
  `;
}
