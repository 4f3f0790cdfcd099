import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";

export const expenseCategories = [
  "advertising",
  "bank_fees",
  "contractor_fees",
  "education",
  "equipment",
  "insurance",
  "meals",
  "office_supplies",
  "rent",
  "software",
  "travel_transport",
  "utilities",
  "other",
] as const;
export type ExpenseCategory = (typeof expenseCategories)[number];

/** What a company spent. Amounts in minor units of `currency`. */
export interface ExpenseRow {
  id: number;
  /** Who entered it. */
  userId: number;
  clientId: number | null;
  projectId: number | null;
  /** The invoice that bills it on. */
  invoiceId: number | null;
  category: ExpenseCategory;
  vendor: string | null;
  description: string | null;
  /** Without tax. */
  amount: bigint;
  currency: string;
  taxAmount: bigint;
  taxName: string | null;
  /** Basis points, as decimal text with three places; "0.000" says nothing of tax. */
  taxRate: string;
  /** Where the company is. */
  expenseDate: LocalDate;
  isArchived: boolean;
  isBillable: boolean;
  isBilled: boolean;
  /** Key of the receipt in the file storage. */
  receiptPath: string | null;
  reference: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** What a person says about an expense. */
export type ExpenseFields = Pick<
  ExpenseRow,
  | "clientId"
  | "projectId"
  | "category"
  | "vendor"
  | "description"
  | "amount"
  | "currency"
  | "taxAmount"
  | "taxName"
  | "taxRate"
  | "expenseDate"
  | "isBillable"
  | "reference"
>;

export interface ExpenseFilter {
  companyId: number;
  category?: ExpenseCategory | undefined;
  userId?: number | undefined;
  clientId?: number | undefined;
  projectId?: number | undefined;
  invoiceId?: number | undefined;
  isBillable?: boolean | undefined;
  isBilled?: boolean | undefined;
  /** First and last day, both included. */
  from?: LocalDate | undefined;
  to?: LocalDate | undefined;
  currency?: string | undefined;
  /** Part of vendor, description or reference, in any case. */
  search?: string | undefined;
}

export const expenseSortFields = [
  "expense_date",
  "amount",
  "vendor",
  "category",
  "created_at",
  "updated_at",
  "id",
] as const;

function expenseColumns(sql: Sql | Tx) {
  return sql`
    id, user_id, client_id, project_id, invoice_id, category, vendor, description, amount, currency,
    tax_amount, tax_name, tax_rate, expense_date, is_archived, is_billable, is_billed, receipt_path,
    reference, created_at, updated_at
  `;
}

export async function findExpense(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ExpenseRow | undefined> {
  const [row] = await sql<ExpenseRow[]>`
    select ${expenseColumns(sql)}
    from expenses
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  return row;
}

/** Locks those of the ids that are there, lowest first, so that two who lock several never deadlock. */
export async function lockExpenses(
  tx: Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<ExpenseRow[]> {
  return await tx<ExpenseRow[]>`
    select ${expenseColumns(tx)}
    from expenses
    where company_id = ${companyId} and id = any(${[...ids]}::int8[]) and deleted_at is null
    order by id
    for update
  `;
}

export async function listExpenses(
  sql: Sql | Tx,
  filter: ExpenseFilter & { isArchived: boolean | undefined },
  page: {
    sort: { field: (typeof expenseSortFields)[number]; isDescending: boolean };
    limit: number;
    offset: number;
  },
): Promise<ExpenseRow[]> {
  const direction = page.sort.isDescending ? sql`desc` : sql`asc`;
  const { isArchived } = filter;
  return await sql<ExpenseRow[]>`
    select ${expenseColumns(sql)}
    from expenses
    where ${matches(sql, filter)}
      ${isArchived === undefined ? sql`` : sql`and is_archived = ${isArchived}`}
    order by ${sql(page.sort.field)} ${direction} nulls last, id ${direction}
    limit ${page.limit} offset ${page.offset}
  `;
}

/** What the expenses of one currency come to. Minor units; `amount` is without tax. */
export interface ExpenseSumRow {
  currency: string;
  isArchived: boolean;
  count: number;
  amount: bigint;
  taxAmount: bigint;
  billableAmount: bigint;
  /** Billable, and on no invoice yet. */
  unbilledAmount: bigint;
}

/** Sums of those that match, archived or not, by currency. */
export async function sumExpenses(sql: Sql | Tx, filter: ExpenseFilter): Promise<ExpenseSumRow[]> {
  return await sql<ExpenseSumRow[]>`
    select
      currency, is_archived, count(*)::int as count,
      sum(amount)::int8 as amount,
      sum(tax_amount)::int8 as tax_amount,
      coalesce(sum(amount) filter (where is_billable), 0)::int8 as billable_amount,
      coalesce(sum(amount) filter (where is_billable and not is_billed), 0)::int8
        as unbilled_amount
    from expenses
    where ${matches(sql, filter)}
    group by currency, is_archived
    order by currency, is_archived
  `;
}

export async function insertExpense(
  tx: Tx,
  {
    companyId,
    userId,
    now,
    ...fields
  }: ExpenseFields & { companyId: number; userId: number; now: Date },
): Promise<ExpenseRow> {
  const row = { companyId, userId, ...fields, createdAt: now, updatedAt: now };
  const [inserted] = await tx<ExpenseRow[]>`
    insert into expenses ${tx(row)} returning ${expenseColumns(tx)}
  `;
  return inserted!;
}

/** Writes the given columns of an expense that the transaction has locked. */
export async function updateExpenseRow(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
  changes: Partial<ExpenseFields & Pick<ExpenseRow, "isArchived" | "isBilled" | "receiptPath">> & {
    deletedAt?: Date;
  },
): Promise<ExpenseRow> {
  const [row] = await tx<ExpenseRow[]>`
    update expenses set ${tx({ ...changes, updatedAt: now })}
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    returning ${expenseColumns(tx)}
  `;
  if (row === undefined) throw new Error(`expense ${id} is gone`);
  return row;
}

function matches(sql: Sql | Tx, filter: ExpenseFilter) {
  const { companyId, category, userId, clientId, projectId, invoiceId } = filter;
  const { isBillable, isBilled, from, to, currency, search } = filter;
  return sql`
    company_id = ${companyId}
    and deleted_at is null
    ${category === undefined ? sql`` : sql`and category = ${category}`}
    ${userId === undefined ? sql`` : sql`and user_id = ${userId}`}
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
    ${projectId === undefined ? sql`` : sql`and project_id = ${projectId}`}
    ${invoiceId === undefined ? sql`` : sql`and invoice_id = ${invoiceId}`}
    ${isBillable === undefined ? sql`` : sql`and is_billable = ${isBillable}`}
    ${isBilled === undefined ? sql`` : sql`and is_billed = ${isBilled}`}
    ${from === undefined ? sql`` : sql`and expense_date >= ${from}`}
    ${to === undefined ? sql`` : sql`and expense_date <= ${to}`}
    ${currency === undefined ? sql`` : sql`and currency = ${currency}`}
    ${
      search === undefined
        ? sql``
        : sql`and strpos(lower(concat_ws(' ', vendor, description, reference)), lower(${search})) > 0`
    }
  `;
}
