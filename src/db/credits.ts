import type { LocalDate } from "../billing/dates.ts";
import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

export const creditTypes = ["credit_note", "overpayment", "prepayment"] as const;
export type CreditType = (typeof creditTypes)[number];

/** What we owe a client: paid too much, paid in advance, or written off. Minor units. */
export interface CreditRow {
  companyId: number;
  id: number;
  clientId: number;
  /** What it is about, if it is about one invoice. */
  invoiceId: number | null;
  /** The payment that was too large; none when the credit has another reason. */
  paymentId: number | null;
  /** The voided invoice whose payments it is; none when the credit has another reason. */
  voidedInvoiceId: number | null;
  type: CreditType;
  isArchived: boolean;
  amount: bigint;
  /** What has not been used yet. */
  remaining: bigint;
  currency: string;
  reason: string | null;
  creditDate: LocalDate;
  createdAt: Date;
  updatedAt: Date;
}

function creditColumns(sql: Sql | Tx) {
  return sql`
    company_id, id, client_id, invoice_id, payment_id, voided_invoice_id, type, is_archived, amount,
    remaining, currency, reason, credit_date, created_at, updated_at
  `;
}

export type NewCredit = Pick<
  CreditRow,
  | "companyId"
  | "clientId"
  | "invoiceId"
  | "paymentId"
  | "type"
  | "amount"
  | "currency"
  | "reason"
  | "creditDate"
  | "createdAt"
> &
  Partial<Pick<CreditRow, "voidedInvoiceId">>;

/** A credit of which nothing is used yet. */
export async function insertCredit(tx: Tx, credit: NewCredit): Promise<CreditRow> {
  const [row] = await tx<CreditRow[]>`
    insert into credits ${tx({ ...credit, remaining: credit.amount, updatedAt: credit.createdAt })}
    returning ${creditColumns(tx)}
  `;
  return row!;
}

/** The credit a too large payment became, if it did. Nobody may use it until the transaction ends. */
export async function lockCreditOfPayment(
  tx: Tx,
  { companyId, paymentId }: { companyId: number; paymentId: number },
): Promise<CreditRow | undefined> {
  const [row] = await tx<CreditRow[]>`
    select ${creditColumns(tx)}
    from credits
    where company_id = ${companyId} and payment_id = ${paymentId}
    for update
  `;
  return row;
}

/**
 * Where the money of a payment may be when it is not in its invoice: the credit it left, and the one
 * its invoice left when it was voided. Deleted ones are gone.
 */
export async function listCreditsBehindPayment(
  sql: Sql | Tx,
  payment: { companyId: number; paymentId: number; invoiceId: number },
): Promise<CreditRow[]> {
  return await sql<CreditRow[]>`${selectBehindPayment(sql, payment)}`;
}

/** The same, and nobody may use them until the transaction ends. Its invoice is locked. */
export async function lockCreditsBehindPayment(
  tx: Tx,
  payment: { companyId: number; paymentId: number; invoiceId: number },
): Promise<CreditRow[]> {
  // In the order in which all lock several credits.
  return await tx<CreditRow[]>`${selectBehindPayment(tx, payment)} order by id for update`;
}

function selectBehindPayment(
  sql: Sql | Tx,
  { companyId, paymentId, invoiceId }: { companyId: number; paymentId: number; invoiceId: number },
) {
  return sql`
    select ${creditColumns(sql)}
    from credits
    where company_id = ${companyId} and deleted_at is null
      and (payment_id = ${paymentId} or voided_invoice_id = ${invoiceId})
  `;
}

/** A deleted credit is not found. */
export async function getCredit(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<CreditRow> {
  const [row] = await sql<CreditRow[]>`
    select ${creditColumns(sql)}
    from credits
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  if (row === undefined) throw new NotFound("Credit");
  return row;
}

/** Locks those of the ids that are there, lowest first, so that two who lock several never deadlock. */
export async function lockCredits(
  tx: Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<CreditRow[]> {
  return await tx<CreditRow[]>`
    select ${creditColumns(tx)}
    from credits
    where company_id = ${companyId} and id = any(${[...ids]}::int8[]) and deleted_at is null
    order by id
    for update
  `;
}

export async function lockCredit(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<CreditRow> {
  const [row] = await lockCredits(tx, { companyId, ids: [id] });
  if (row === undefined) throw new NotFound("Credit");
  return row;
}

/** Writes the given columns of a credit that the transaction has locked. */
export async function updateCreditRow(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
  changes: Partial<
    Pick<CreditRow, "isArchived" | "amount" | "remaining" | "reason" | "creditDate">
  > & {
    deletedAt?: Date | null;
    updatedAt: Date;
  },
): Promise<CreditRow> {
  const [row] = await tx<CreditRow[]>`
    update credits set ${tx(changes)}
    where company_id = ${companyId} and id = ${id}
    returning ${creditColumns(tx)}
  `;
  if (row === undefined) throw new NotFound("Credit");
  return row;
}

/** What a part of a credit was used for. The credit's and the invoice's rows are locked. */
export async function insertCreditApplication(
  tx: Tx,
  application: {
    companyId: number;
    creditId: number;
    invoiceId: number;
    amount: bigint;
    appliedBy: number | null;
    createdAt: Date;
  },
): Promise<number> {
  const [row] = await tx<{ id: number }[]>`
    insert into credit_applications ${tx(application)} returning id
  `;
  return row!.id;
}

/** How much of a credit was used, minor units. */
export async function sumUsesOfCredit(
  sql: Sql | Tx,
  { companyId, creditId }: { companyId: number; creditId: number },
): Promise<bigint> {
  const [row] = await sql<{ sum: bigint }[]>`
    select coalesce(sum(amount), 0)::int8 as sum
    from credit_applications
    where company_id = ${companyId} and credit_id = ${creditId}
  `;
  return row!.sum;
}

/** How much of credits an invoice took, minor units. */
export async function sumCreditsOnInvoice(
  sql: Sql | Tx,
  { companyId, invoiceId }: { companyId: number; invoiceId: number },
): Promise<bigint> {
  const [row] = await sql<{ sum: bigint }[]>`
    select coalesce(sum(amount), 0)::int8 as sum
    from credit_applications
    where company_id = ${companyId} and invoice_id = ${invoiceId}
  `;
  return row!.sum;
}

/** A use of a credit that is there; undefined when it was taken back. */
export async function findCreditApplication(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<{ creditId: number; invoiceId: number; amount: bigint } | undefined> {
  const [row] = await sql<{ creditId: number; invoiceId: number; amount: bigint }[]>`
    select credit_id, invoice_id, amount
    from credit_applications
    where company_id = ${companyId} and id = ${id}
  `;
  return row;
}

export interface CreditFilter {
  companyId: number;
  clientId?: number | undefined;
  type?: CreditType | undefined;
  /** Whether something of it is left. */
  hasBalance?: boolean | undefined;
}

/** What a list may be sorted by, as callers know it, and the column that is. */
const sortColumns = {
  id: "id",
  date: "credit_date",
  amount: "amount",
  balance: "remaining",
  created_at: "created_at",
} as const;
export type CreditSortField = keyof typeof sortColumns;
export const creditSortFields = ["id", "date", "amount", "balance", "created_at"] as const;

export async function listCredits(
  sql: Sql | Tx,
  filter: CreditFilter & { isArchived?: boolean | undefined },
  page: { sort: { field: CreditSortField; isDescending: boolean }; limit: number; offset: number },
): Promise<CreditRow[]> {
  const direction = page.sort.isDescending ? sql`desc` : sql`asc`;
  const { isArchived } = filter;
  return await sql<CreditRow[]>`
    select ${creditColumns(sql)}
    from credits
    where ${matches(sql, filter)}
      ${isArchived === undefined ? sql`` : sql`and is_archived = ${isArchived}`}
    order by ${sql(sortColumns[page.sort.field])} ${direction}, id ${direction}
    limit ${page.limit} offset ${page.offset}
  `;
}

/** How many match, whether archived or not, so that a list can show both counts beside itself. */
export async function countCredits(
  sql: Sql | Tx,
  filter: CreditFilter,
): Promise<{ active: number; archived: number }> {
  const [row] = await sql<{ active: number; archived: number }[]>`
    select
      count(*) filter (where not is_archived)::int as active,
      count(*) filter (where is_archived)::int as archived
    from credits
    where ${matches(sql, filter)}
  `;
  return row ?? { active: 0, archived: 0 };
}

/** What a client can still use, oldest first: archived credits are put away. */
export async function listUsableCredits(
  sql: Sql | Tx,
  { companyId, clientId }: { companyId: number; clientId: number },
): Promise<CreditRow[]> {
  return await sql<CreditRow[]>`
    select ${creditColumns(sql)}
    from credits
    where company_id = ${companyId} and client_id = ${clientId}
      and remaining > 0 and not is_archived and deleted_at is null
    order by credit_date, id
  `;
}

function matches(sql: Sql | Tx, { companyId, clientId, type, hasBalance }: CreditFilter) {
  return sql`
    company_id = ${companyId}
    and deleted_at is null
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
    ${type === undefined ? sql`` : sql`and type = ${type}`}
    ${hasBalance === undefined ? sql`` : sql`and (remaining > 0) = ${hasBalance}`}
  `;
}

export async function deleteCreditRow(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<void> {
  await tx`delete from credits where company_id = ${companyId} and id = ${id}`;
}
