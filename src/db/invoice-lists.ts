import type { InvoiceStatus } from "../billing/statuses.ts";
import type { Sql, Tx } from "./client.ts";
import { invoiceColumns, type InvoiceRow } from "./invoices.ts";

export interface InvoiceFilter {
  companyId: number;
  statuses?: readonly InvoiceStatus[] | undefined;
  clientId?: number | undefined;
  projectId?: number | undefined;
  categoryId?: number | undefined;
  /** Part of the number or of the client's name, in any case. */
  search?: string | undefined;
  /** Part of the number, in any case. */
  numberPart?: string | undefined;
  ids?: readonly number[] | undefined;
  isArchived?: boolean | undefined;
}

export const invoiceSortFields = [
  "id",
  "invoice_number",
  "status",
  "issue_date",
  "due_date",
  "total",
  "amount_paid",
  "amount_due",
  "created_at",
  "updated_at",
] as const;
type InvoiceSortField = (typeof invoiceSortFields)[number];
export interface InvoiceSort {
  field: InvoiceSortField;
  isDescending: boolean;
}

/** One page of a company's invoices, deleted ones left out; newest first unless told otherwise. */
export async function listInvoices(
  sql: Sql | Tx,
  filter: InvoiceFilter,
  page: {
    sort: InvoiceSort;
    limit: number;
    offset: number;
  },
): Promise<InvoiceRow[]> {
  const direction = page.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<InvoiceRow[]>`
    select ${invoiceColumns(sql)}
    from invoices
    where ${matches(sql, filter)}
    order by ${sql(page.sort.field)} ${direction}, id ${direction}
    limit ${page.limit} offset ${page.offset}
  `;
}

export interface InvoiceSummaryRow {
  status: InvoiceStatus;
  currency: string;
  count: number;
  total: bigint;
  amountPaid: bigint;
  amountDue: bigint;
}

/** Counts and sums of the invoices a filter matches, by status and currency. */
export async function summarizeInvoices(
  sql: Sql | Tx,
  filter: InvoiceFilter,
): Promise<InvoiceSummaryRow[]> {
  return await sql<InvoiceSummaryRow[]>`
    select
      status, currency, count(*)::int as count, sum(total)::int8 as total,
      sum(amount_paid)::int8 as amount_paid, sum(amount_due)::int8 as amount_due
    from invoices
    where ${matches(sql, filter)}
    group by status, currency
    order by currency, status
  `;
}

function matches(sql: Sql | Tx, filter: InvoiceFilter) {
  const { companyId, statuses, clientId, projectId, categoryId } = filter;
  const { search, numberPart, ids, isArchived } = filter;
  return sql`
    company_id = ${companyId}
    and deleted_at is null
    ${statuses === undefined ? sql`` : sql`and status = any(${[...statuses]}::text[])`}
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
    ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}
    ${categoryId === undefined ? sql`` : sql`and category_id = ${categoryId}`}
    ${
      search === undefined
        ? sql``
        : sql`and (
            strpos(lower(invoice_number), lower(${search})) > 0
            or client_id in (
              select id from clients
              where company_id = ${companyId} and strpos(lower(name), lower(${search})) > 0
            )
          )`
    }
    ${numberPart === undefined ? sql`` : sql`and strpos(lower(invoice_number), lower(${numberPart})) > 0`}
    ${ids === undefined ? sql`` : sql`and id = any(${[...ids]}::int8[])`}
    ${isArchived === undefined ? sql`` : sql`and is_archived = ${isArchived}`}
  `;
}
