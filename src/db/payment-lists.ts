import type { LocalDate } from "../billing/dates.ts";
import type { InvoiceStatus } from "../billing/statuses.ts";
import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";
import { paymentColumns, type PaymentRow } from "./payments.ts";

/** What money is to be found: what came in, or what was given back. */
export interface MoneyFilter {
  companyId: number;
  clientId?: number | undefined;
  invoiceId?: number | undefined;
  currency?: string | undefined;
  /** The first and the last day. */
  from?: LocalDate | undefined;
  to?: LocalDate | undefined;
}

export interface PaymentFilter extends MoneyFilter {
  paymentMethod?: string | undefined;
  /** Part of the reference, in any case. */
  referencePart?: string | undefined;
  /** Whether anything of it was given back. */
  isRefunded?: boolean | undefined;
}

/** A payment, and the invoice it was for, deleted or not. */
export interface ListedPaymentRow extends PaymentRow {
  invoiceNumber: string;
  invoiceStatus: InvoiceStatus;
  clientId: number;
}

export const paymentSortFields = ["id", "payment_date", "amount", "created_at"] as const;
export type PaymentSortField = (typeof paymentSortFields)[number];

/** Throws `NotFound`. */
export async function getListedPayment(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ListedPaymentRow> {
  const [row] = await sql<ListedPaymentRow[]>`
    ${selectListed(sql)}
    where payments.company_id = ${companyId} and payments.id = ${id}
  `;
  if (row === undefined) throw new NotFound("Payment");
  return row;
}

/** One page of what came in for a company. */
export async function listPayments(
  sql: Sql | Tx,
  filter: PaymentFilter,
  page: { sort: { field: PaymentSortField; isDescending: boolean }; limit: number; offset: number },
): Promise<ListedPaymentRow[]> {
  const direction = page.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<ListedPaymentRow[]>`
    ${selectListed(sql)}
    where ${matches(sql, filter)}
    order by payments.${sql(page.sort.field)} ${direction}, payments.id ${direction}
    limit ${page.limit} offset ${page.offset}
  `;
}

export interface MoneySummaryRow {
  currency: string;
  count: number;
  amount: bigint;
}

/** Count and sums of the payments a filter matches, by currency. */
export async function summarizePayments(
  sql: Sql | Tx,
  filter: PaymentFilter,
): Promise<(MoneySummaryRow & { amountRefunded: bigint })[]> {
  return await sql<(MoneySummaryRow & { amountRefunded: bigint })[]>`
    select
      payments.currency, count(*)::int as count, sum(payments.amount)::int8 as amount,
      sum(payments.amount_refunded)::int8 as amount_refunded
    from payments
    join invoices on invoices.company_id = payments.company_id and invoices.id = payments.invoice_id
    where ${matches(sql, filter)}
    group by payments.currency
    order by payments.currency
  `;
}

function selectListed(sql: Sql | Tx) {
  return sql`
    select
      ${paymentColumns(sql)}, invoices.invoice_number, invoices.status as invoice_status,
      invoices.client_id
    from payments
    join invoices on invoices.company_id = payments.company_id and invoices.id = payments.invoice_id
  `;
}

function matches(sql: Sql | Tx, filter: PaymentFilter) {
  const { paymentMethod, referencePart, isRefunded } = filter;
  return sql`
    payments.company_id = ${filter.companyId}
    ${filter.clientId === undefined ? sql`` : sql`and invoices.client_id = ${filter.clientId}`}
    ${filter.invoiceId === undefined ? sql`` : sql`and payments.invoice_id = ${filter.invoiceId}`}
    ${filter.currency === undefined ? sql`` : sql`and payments.currency = ${filter.currency}`}
    ${filter.from === undefined ? sql`` : sql`and payments.payment_date >= ${filter.from}`}
    ${filter.to === undefined ? sql`` : sql`and payments.payment_date <= ${filter.to}`}
    ${paymentMethod === undefined ? sql`` : sql`and payments.payment_method = ${paymentMethod}`}
    ${referencePart === undefined ? sql`` : sql`and strpos(lower(payments.reference), lower(${referencePart})) > 0`}
    ${isRefunded === undefined ? sql`` : sql`and (payments.amount_refunded > 0) = ${isRefunded}`}
  `;
}
