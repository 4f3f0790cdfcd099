import type { LocalDate } from "../billing/dates.ts";
import type { InvoiceStatus } from "../billing/statuses.ts";
import { planAnew, type Fragment, type Sql, type Tx } from "./client.ts";
import { isOwed } from "./receivables.ts";
import { orderOfTold, tellPage, type ReportPage, type Told } from "./report-pages.ts";

/** What one client owes in one currency, by days past the due date. Minor units. */
export interface ClientReceivablesRow extends Told {
  clientId: number | null;
  clientName: string | null;
  invoiceCount: bigint;
  outstanding: bigint;
  notDue: bigint;
  upTo30: bigint;
  upTo60: bigint;
  upTo90: bigint;
  older: bigint;
  overdue: bigint;
  disputed: bigint;
  oldestDueDate: LocalDate;
}

/** By client and currency, who owes most first; totals before all. */
export async function listReceivables(
  sql: Sql | Tx,
  { companyId, today }: { companyId: number; today: LocalDate },
  page: ReportPage,
): Promise<ClientReceivablesRow[]> {
  const columns = {
    keys: ["client_id"],
    sums: [
      "invoice_count",
      "outstanding",
      "not_due",
      "up_to_30",
      "up_to_60",
      "up_to_90",
      "older",
      "overdue",
      "disputed",
    ],
    least: ["oldest_due_date"],
    order: (row: Fragment) => sql`${row}.outstanding desc`,
  };
  return await planAnew(sql<ClientReceivablesRow[]>`
    with owed as (
      select client_id, currency, amount_due, due_date, is_disputed, ${today}::date - due_date as late
      from invoices
      where company_id = ${companyId} and ${isOwed(sql)}
    ), summed as (
      select
        client_id, currency, count(*) as invoice_count, sum(amount_due) as outstanding,
        coalesce(sum(amount_due) filter (where late <= 0), 0) as not_due,
        coalesce(sum(amount_due) filter (where late between 1 and 30), 0) as up_to_30,
        coalesce(sum(amount_due) filter (where late between 31 and 60), 0) as up_to_60,
        coalesce(sum(amount_due) filter (where late between 61 and 90), 0) as up_to_90,
        coalesce(sum(amount_due) filter (where late > 90), 0) as older,
        coalesce(sum(amount_due) filter (where late > 0), 0) as overdue,
        coalesce(sum(amount_due) filter (where is_disputed), 0) as disputed,
        min(due_date) as oldest_due_date
      from owed
      group by client_id, currency
    ), ${tellPage(sql, columns, page)}
    select told.*, clients.name as client_name
    from told
    left join clients on clients.company_id = ${companyId} and clients.id = told.client_id
    order by ${orderOfTold(sql, columns)}
  `);
}

/** An invoice that is not paid in full. Minor units. */
export interface UnpaidInvoiceRow {
  id: number;
  invoiceNumber: string;
  clientId: number;
  clientName: string;
  status: InvoiceStatus;
  issueDate: LocalDate;
  dueDate: LocalDate;
  /** Since the due date; 0 when it is not past. */
  daysOverdue: number;
  currency: string;
  total: bigint;
  amountPaid: bigint;
  amountDue: bigint;
  isDisputed: boolean;
  remindersSent: number;
}

export interface UnpaidFilter {
  companyId: number;
  today: LocalDate;
  clientId: number | undefined;
  /** Only those whose due date has passed, or only the others. */
  isOverdue: boolean | undefined;
}

/** What is due longest first; all of them without a page. */
export async function listUnpaidInvoices(
  sql: Sql | Tx,
  filter: UnpaidFilter,
  page: { limit: number; offset: number } | undefined,
): Promise<UnpaidInvoiceRow[]> {
  const { companyId, today } = filter;
  return await planAnew(sql<UnpaidInvoiceRow[]>`
    with unpaid as (
      select
        id, invoice_number, client_id, status, issue_date, due_date,
        greatest(0, ${today}::date - due_date) as days_overdue, currency, total, amount_paid,
        amount_due, is_disputed, reminders_sent
      from invoices
      where company_id = ${companyId} and ${isUnpaid(sql, filter)}
      order by due_date, id
      ${page === undefined ? sql`` : sql`limit ${page.limit} offset ${page.offset}`}
    )
    select unpaid.*, clients.name as client_name
    from unpaid
    join clients on clients.company_id = ${companyId} and clients.id = unpaid.client_id
    order by unpaid.due_date, unpaid.id
  `);
}

export interface UnpaidSumsRow {
  currency: string;
  invoiceCount: number;
  outstanding: bigint;
  overdue: bigint;
}

/** What all of them come to, by currency. */
export async function sumUnpaidInvoices(
  sql: Sql | Tx,
  filter: UnpaidFilter,
): Promise<UnpaidSumsRow[]> {
  return await planAnew(sql<UnpaidSumsRow[]>`
    select
      currency, count(*)::int as invoice_count, sum(amount_due)::int8 as outstanding,
      coalesce(sum(amount_due) filter (where due_date < ${filter.today}), 0)::int8 as overdue
    from invoices
    where company_id = ${filter.companyId} and ${isUnpaid(sql, filter)}
    group by currency
    order by currency
  `);
}

function isUnpaid(sql: Sql | Tx, { today, clientId, isOverdue }: UnpaidFilter) {
  return sql`
    ${isOwed(sql)}
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
    ${isOverdue === undefined ? sql`` : isOverdue ? sql`and due_date < ${today}` : sql`and due_date >= ${today}`}
  `;
}

/** What is to be asked of one client. Minor units. */
export interface CollectionRow extends Told {
  clientId: number | null;
  clientName: string | null;
  /** Where to ask. */
  clientEmail: string | null;
  invoiceCount: bigint;
  overdue: bigint;
  /** The part of it that the client disputes. */
  disputed: bigint;
  oldestDueDate: LocalDate;
  /** Of the oldest. */
  daysOverdue: number;
  remindersSent: bigint;
  lastReminderAt: Date | null;
}

/** Overdue invoices by client and currency, the longest overdue first; totals before all. */
export async function listCollections(
  sql: Sql | Tx,
  { companyId, today }: { companyId: number; today: LocalDate },
  page: ReportPage,
): Promise<CollectionRow[]> {
  const columns = {
    keys: ["client_id"],
    sums: ["invoice_count", "overdue", "disputed", "reminders_sent"],
    least: ["oldest_due_date"],
    most: ["days_overdue", "last_reminder_at"],
    order: (row: Fragment) => sql`${row}.days_overdue desc, ${row}.overdue desc`,
  };
  return await planAnew(sql<CollectionRow[]>`
    with summed as (
      select
        client_id, currency, count(*) as invoice_count, sum(amount_due) as overdue,
        coalesce(sum(amount_due) filter (where is_disputed), 0) as disputed,
        min(due_date) as oldest_due_date, ${today}::date - min(due_date) as days_overdue,
        sum(reminders_sent) as reminders_sent, max(last_reminder_at) as last_reminder_at
      from invoices
      where company_id = ${companyId} and ${isOwed(sql)} and due_date < ${today}
      group by client_id, currency
    ), ${tellPage(sql, columns, page)}
    select told.*, clients.name as client_name, clients.email as client_email
    from told
    left join clients on clients.company_id = ${companyId} and clients.id = told.client_id
    order by ${orderOfTold(sql, columns)}
  `);
}
