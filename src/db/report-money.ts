import type { LocalDate } from "../billing/dates.ts";
import { planAnew, type Fragment, type Sql, type Tx } from "./client.ts";
import { orderOfTold, tellPage, type ReportPage, type Told } from "./report-pages.ts";
import { isIssued } from "./revenue.ts";

interface Period {
  companyId: number;
  from: LocalDate;
  to: LocalDate;
}

/** What came in from one client in one currency. Minor units. */
export interface IncomeRow extends Told {
  clientId: number | null;
  clientName: string | null;
  paymentCount: bigint;
  received: bigint;
  /** Given back. */
  refunded: bigint;
  /** What is left. */
  income: bigint;
}

/** Payments by their day and refunds by theirs, by the invoice's client, the largest first; totals before all. */
export async function listIncome(
  sql: Sql | Tx,
  { companyId, from, to }: Period,
  page: ReportPage,
): Promise<IncomeRow[]> {
  const columns = {
    keys: ["client_id"],
    sums: ["payment_count", "received", "refunded", "income"],
    order: (row: Fragment) => sql`${row}.income desc`,
  };
  return await planAnew(sql<IncomeRow[]>`
    with moved as (
      select invoice_id, currency, 1 as payments, amount as received, 0 as refunded
      from payments
      where company_id = ${companyId} and payment_date between ${from} and ${to}
      union all
      select p.invoice_id, r.currency, 0, 0, r.amount
      from payment_refunds r
      join payments p on p.company_id = r.company_id and p.id = r.payment_id
      where r.company_id = ${companyId} and r.refund_date between ${from} and ${to}
    ), summed as (
      select
        i.client_id, m.currency, sum(m.payments) as payment_count, sum(m.received) as received,
        sum(m.refunded) as refunded, sum(m.received - m.refunded) as income
      from moved m
      join invoices i on i.company_id = ${companyId} and i.id = m.invoice_id
      group by i.client_id, m.currency
    ), ${tellPage(sql, columns, page)}
    select told.*, clients.name as client_name
    from told
    left join clients on clients.company_id = ${companyId} and clients.id = told.client_id
    order by ${orderOfTold(sql, columns)}
  `);
}

/** What is owed to the tax office for one month in one currency. Minor units. */
export interface TaxLiabilityRow {
  /** Its first day. */
  month: LocalDate;
  currency: string;
  /** Tax included. */
  invoiced: bigint;
  /** On what was issued in the month. */
  tax: bigint;
  /** The part of that tax that clients have paid by now, with what they paid of its invoice. */
  taxPaid: bigint;
  /** Without tax. */
  expenses: bigint;
  /** On the expenses of the month. */
  expenseTax: bigint;
}

/**
 * Tax on invoices, late fees too, by the day of issue and on expenses by their day. An invoice that is paid in part has its tax
 * paid in the same part, rounded half away from zero by itself.
 */
export async function listTaxLiability(
  sql: Sql | Tx,
  { companyId, from, to }: Period,
): Promise<TaxLiabilityRow[]> {
  return await planAnew(sql<TaxLiabilityRow[]>`
    with fees as (
      select invoice_id, sum(tax) as tax
      from invoice_late_fees
      where company_id = ${companyId} and waived_at is null
      group by invoice_id
    ), issued as (
      select
        date_trunc('month', i.issue_date::timestamp)::date as month, i.currency, i.total,
        i.amount_paid, i.tax_total + coalesce(f.tax, 0) as tax
      from invoices i
      left join fees f on f.invoice_id = i.id
      where i.company_id = ${companyId} and i.issue_date between ${from} and ${to}
        and ${isIssued(sql)}
    ), moved as (
      select
        month, currency, sum(total) as invoiced, sum(tax) as tax,
        sum(
          case
            when amount_paid = 0 then 0 when amount_paid = total then tax
            else round(tax * amount_paid / total)
          end
        ) as tax_paid,
        0 as expenses, 0 as expense_tax
      from issued
      group by month, currency
      union all
      select
        date_trunc('month', expense_date::timestamp)::date, currency, 0, 0, 0, sum(amount),
        sum(tax_amount)
      from expenses
      where company_id = ${companyId} and expense_date between ${from} and ${to}
        and deleted_at is null
      group by 1, 2
    )
    select
      month, currency, sum(invoiced)::int8 as invoiced, sum(tax)::int8 as tax,
      sum(tax_paid)::int8 as tax_paid, sum(expenses)::int8 as expenses,
      sum(expense_tax)::int8 as expense_tax
    from moved
    group by month, currency
    order by month, currency
  `);
}
