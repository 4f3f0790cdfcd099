import type { LocalDate } from "../billing/dates.ts";
import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";
import type { MoneyFilter, MoneySummaryRow } from "./payment-lists.ts";

/** Money given back out of a payment. Minor units of the payment's currency. */
export interface RefundRow {
  id: number;
  paymentId: number;
  amount: bigint;
  /** Of it, what came out of the credit the payment had left. */
  creditAmount: bigint;
  /** The credit of the voided invoice that the rest came out of; none while the invoice stood. */
  voidedCreditId: number | null;
  currency: string;
  refundDate: LocalDate;
  reference: string | null;
  reason: string | null;
  refundedBy: number | null;
  createdAt: Date;
}

function refundColumns(sql: Sql | Tx) {
  return sql`
    payment_refunds.id, payment_refunds.payment_id, payment_refunds.amount,
    payment_refunds.credit_amount, payment_refunds.voided_credit_id, payment_refunds.currency,
    payment_refunds.refund_date, payment_refunds.reference, payment_refunds.reason,
    payment_refunds.refunded_by, payment_refunds.created_at
  `;
}

export async function insertRefund(
  tx: Tx,
  refund: Omit<RefundRow, "id"> & { companyId: number },
): Promise<RefundRow> {
  const [row] = await tx<RefundRow[]>`
    insert into payment_refunds ${tx(refund)}
    returning ${refundColumns(tx)}
  `;
  return row!;
}

export async function getRefund(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<RefundRow> {
  const [row] = await sql<RefundRow[]>`
    select ${refundColumns(sql)} from payment_refunds where company_id = ${companyId} and id = ${id}
  `;
  if (row === undefined) throw new NotFound("Refund");
  return row;
}

export async function deleteRefundRow(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<void> {
  await tx`delete from payment_refunds where company_id = ${companyId} and id = ${id}`;
}

/** Oldest first. */
export async function listPaymentRefunds(
  sql: Sql | Tx,
  { companyId, paymentId }: { companyId: number; paymentId: number },
): Promise<RefundRow[]> {
  return await sql<RefundRow[]>`
    select ${refundColumns(sql)}
    from payment_refunds
    where company_id = ${companyId} and payment_id = ${paymentId}
    order by id
  `;
}

export interface RefundFilter extends MoneyFilter {
  paymentId?: number | undefined;
}

/** A refund, and the invoice its payment was for. */
export interface ListedRefundRow extends RefundRow {
  invoiceId: number;
}

export const refundSortFields = ["id", "refund_date", "amount", "created_at"] as const;
export type RefundSortField = (typeof refundSortFields)[number];

/** One page of what a company gave back. */
export async function listRefunds(
  sql: Sql | Tx,
  filter: RefundFilter,
  page: { sort: { field: RefundSortField; isDescending: boolean }; limit: number; offset: number },
): Promise<ListedRefundRow[]> {
  const direction = page.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<ListedRefundRow[]>`
    select ${refundColumns(sql)}, payments.invoice_id
    ${found(sql, filter)}
    order by payment_refunds.${sql(page.sort.field)} ${direction}, payment_refunds.id ${direction}
    limit ${page.limit} offset ${page.offset}
  `;
}

/** Count and sum of the refunds a filter matches, by currency. */
export async function summarizeRefunds(
  sql: Sql | Tx,
  filter: RefundFilter,
): Promise<MoneySummaryRow[]> {
  return await sql<MoneySummaryRow[]>`
    select
      payment_refunds.currency, count(*)::int as count, sum(payment_refunds.amount)::int8 as amount
    ${found(sql, filter)}
    group by payment_refunds.currency
    order by payment_refunds.currency
  `;
}

function found(sql: Sql | Tx, filter: RefundFilter) {
  const { clientId, invoiceId, paymentId, currency, from, to } = filter;
  return sql`
    from payment_refunds
    join payments on payments.company_id = payment_refunds.company_id
      and payments.id = payment_refunds.payment_id
    join invoices on invoices.company_id = payments.company_id and invoices.id = payments.invoice_id
    where payment_refunds.company_id = ${filter.companyId}
      ${clientId === undefined ? sql`` : sql`and invoices.client_id = ${clientId}`}
      ${invoiceId === undefined ? sql`` : sql`and payments.invoice_id = ${invoiceId}`}
      ${paymentId === undefined ? sql`` : sql`and payment_refunds.payment_id = ${paymentId}`}
      ${currency === undefined ? sql`` : sql`and payment_refunds.currency = ${currency}`}
      ${from === undefined ? sql`` : sql`and payment_refunds.refund_date >= ${from}`}
      ${to === undefined ? sql`` : sql`and payment_refunds.refund_date <= ${to}`}
  `;
}
