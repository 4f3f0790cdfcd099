import type { LocalDate } from "../billing/dates.ts";
import { planAnew, type Sql, type Tx } from "./client.ts";
import type { ExpenseCategory } from "./expenses.ts";

export interface MonthlyExpensesRow {
  /** Its first day. */
  month: LocalDate;
  currency: string;
  /** Minor units, without tax. */
  amount: bigint;
  taxAmount: bigint;
}

/** What was spent in each month, by the day of the expense. */
export async function listExpensesByMonth(
  sql: Sql | Tx,
  { companyId, from, to }: { companyId: number; from: LocalDate; to: LocalDate },
): Promise<MonthlyExpensesRow[]> {
  return await planAnew(sql<MonthlyExpensesRow[]>`
    select
      date_trunc('month', expense_date::timestamp)::date as month, currency,
      sum(amount)::int8 as amount, sum(tax_amount)::int8 as tax_amount
    from expenses
    where company_id = ${companyId} and expense_date between ${from} and ${to}
      and deleted_at is null
    group by month, currency
    order by month, currency
  `);
}

/** What expenses of one currency, category and client come to. Minor units, `amount` without tax. */
export interface ExpenseGroupRow {
  currency: string;
  category: ExpenseCategory;
  clientId: number | null;
  clientName: string | null;
  count: number;
  amount: bigint;
  taxAmount: bigint;
  billableCount: number;
  billableAmount: bigint;
}

/** By currency, category and client; all days without an end that is not given. */
export async function groupExpenses(
  sql: Sql | Tx,
  filter: { companyId: number; from: LocalDate | undefined; to: LocalDate | undefined },
): Promise<ExpenseGroupRow[]> {
  const { companyId, from, to } = filter;
  return await planAnew(sql<ExpenseGroupRow[]>`
    with grouped as (
      select
        currency, category, client_id, count(*)::int as count, sum(amount)::int8 as amount,
        sum(tax_amount)::int8 as tax_amount,
        (count(*) filter (where is_billable))::int as billable_count,
        coalesce(sum(amount) filter (where is_billable), 0)::int8 as billable_amount
      from expenses
      where company_id = ${companyId} and deleted_at is null
        ${from === undefined ? sql`` : sql`and expense_date >= ${from}`}
        ${to === undefined ? sql`` : sql`and expense_date <= ${to}`}
      group by currency, category, client_id
    )
    select grouped.*, clients.name as client_name
    from grouped
    left join clients on clients.company_id = ${companyId} and clients.id = grouped.client_id
    order by grouped.currency, grouped.category, grouped.client_id
  `);
}
