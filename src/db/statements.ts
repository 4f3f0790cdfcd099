import type { LocalDate } from "../billing/dates.ts";
import type { InvoiceStatus } from "../billing/statuses.ts";
import type { Sql, Tx } from "./client.ts";

/** An invoice as a statement lists it. Minor units. */
export interface StatementInvoiceRow {
  id: number;
  invoiceNumber: string;
  status: InvoiceStatus;
  issueDate: LocalDate;
  dueDate: LocalDate;
  currency: string;
  total: bigint;
  amountPaid: bigint;
  amountDue: bigint;
}

export interface StatementPeriod {
  companyId: number;
  clientId: number;
  fromDate: LocalDate;
  toDate: LocalDate;
}

/** What a client was billed within the period, oldest first; drafts and voided invoices left out. */
export async function listStatementInvoices(
  sql: Sql | Tx,
  { companyId, clientId, fromDate, toDate }: StatementPeriod,
): Promise<StatementInvoiceRow[]> {
  return await sql<StatementInvoiceRow[]>`
    select
      id, invoice_number, status, issue_date, due_date, currency, total, amount_paid, amount_due
    from invoices
    where company_id = ${companyId} and client_id = ${clientId}
      and issue_date between ${fromDate} and ${toDate}
      and status not in ('draft', 'cancelled') and deleted_at is null
    order by issue_date, id
  `;
}

/** A statement somebody asked to be mailed. */
export async function insertStatement(
  tx: Tx,
  statement: StatementPeriod & { note: string | null; cc: readonly string[]; createdAt: Date },
): Promise<number> {
  const [row] = await tx<{ id: number }[]>`
    insert into statements (company_id, client_id, from_date, to_date, note, cc, created_at)
    values (
      ${statement.companyId}, ${statement.clientId}, ${statement.fromDate}, ${statement.toDate},
      ${statement.note}, ${[...statement.cc]}::text[], ${statement.createdAt}
    )
    returning id
  `;
  return row!.id;
}
