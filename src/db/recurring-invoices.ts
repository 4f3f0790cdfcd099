import type { LocalDate } from "../billing/dates.ts";
import type { Frequency } from "../billing/recurrence.ts";
import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";
import { invoiceColumns, type InvoiceRow } from "./invoices.ts";

/** The code of a series that is parked because it was moved here without its client. */
export const NO_CLIENT = "no_client";

export type SeriesStatus = "active" | "paused" | "completed";
export type CatchUp = "all" | "latest" | "none";

/**
 * A series: the template of a recurring invoice and where it stands on its grid. Occurrence `nextK`
 * of (anchorDate, frequency, interval) is `nextGenerateDate`. Money in minor units of `currency`.
 */
export interface RecurringInvoiceRow {
  companyId: number;
  id: number;
  /** None after a move to another company, until it gets one; it is parked so long. */
  clientId: number | null;
  title: string;
  status: SeriesStatus;
  isArchived: boolean;
  frequency: Frequency;
  interval: number;
  startDate: LocalDate;
  /** Inclusive. */
  endDate: LocalDate | null;
  anchorDate: LocalDate;
  nextK: number;
  /** Null only when completed. */
  nextGenerateDate: LocalDate | null;
  lastGeneratedAt: Date | null;
  maxOccurrences: number | null;
  /** Invoices made, by the night or by hand. */
  occurrencesGenerated: number;
  catchUp: CatchUp;
  autoSend: boolean;
  currency: string;
  /** Days. */
  paymentTerms: number;
  discountType: "percentage" | "fixed" | null;
  /** Basis points when a percentage, minor units when fixed; numeric(20,3) as text. */
  discountValue: string | null;
  notes: string | null;
  subtotal: bigint;
  discountTotal: bigint;
  taxTotal: bigint;
  total: bigint;
  parkedAt: Date | null;
  /** The business date of the night that parked it. */
  parkedOn: LocalDate | null;
  parkedCode: string | null;
  parkedReason: string | null;
  releasedThrough: LocalDate | null;
  createdAt: Date;
  updatedAt: Date;
}

function columns(sql: Sql | Tx) {
  return sql`
    company_id, id, client_id, title, status, is_archived, frequency, interval, start_date,
    end_date, anchor_date, next_k, next_generate_date, last_generated_at, max_occurrences,
    occurrences_generated, catch_up, auto_send, currency, payment_terms, discount_type,
    discount_value, notes, subtotal, discount_total, tax_total, total, parked_at, parked_on,
    parked_code, parked_reason, released_through, created_at, updated_at
  `;
}

/** A deleted series is not found. */
export async function getRecurringInvoice(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<RecurringInvoiceRow> {
  const [row] = await sql<RecurringInvoiceRow[]>`
    select ${columns(sql)}
    from recurring_invoices
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  if (row === undefined) throw new NotFound("Recurring invoice");
  return row;
}

/**
 * As `getRecurringInvoice`, and neither a night nor anybody else may change the series until the
 * transaction ends. The lock leaves room for foreign-key checks, as the night's does.
 */
export async function lockRecurringInvoice(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<RecurringInvoiceRow> {
  const [row] = await lockRecurringInvoices(tx, { companyId, ids: [id] });
  if (row === undefined) throw new NotFound("Recurring invoice");
  return row;
}

/** Locks those of the ids that are there, lowest first, so that two who lock several never deadlock. */
export async function lockRecurringInvoices(
  tx: Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<RecurringInvoiceRow[]> {
  return await tx<RecurringInvoiceRow[]>`
    select ${columns(tx)}
    from recurring_invoices
    where company_id = ${companyId} and id = any(${[...ids]}::int8[]) and deleted_at is null
    order by id
    for no key update
  `;
}

/** Ids of every series of a company, completed ones too. */
export async function listRecurringInvoiceIds(sql: Sql | Tx, companyId: number): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select id from recurring_invoices
    where company_id = ${companyId} and deleted_at is null
    order by id
  `;
  return rows.map((row) => row.id);
}

export type NewRecurringInvoice = Omit<
  RecurringInvoiceRow,
  | "id"
  | "isArchived"
  | "lastGeneratedAt"
  | "occurrencesGenerated"
  | "parkedAt"
  | "parkedOn"
  | "parkedCode"
  | "parkedReason"
  | "releasedThrough"
  | "updatedAt"
>;

export async function insertRecurringInvoice(
  tx: Tx,
  series: NewRecurringInvoice,
): Promise<RecurringInvoiceRow> {
  const [row] = await tx<RecurringInvoiceRow[]>`
    insert into recurring_invoices ${tx({ ...series, updatedAt: series.createdAt })}
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error("the recurring invoice was not inserted");
  return row;
}

export type RecurringInvoiceChanges = Partial<
  Omit<RecurringInvoiceRow, "companyId" | "id" | "createdAt" | "updatedAt" | "parkedOn">
> & { updatedAt: Date };

/** Writes the given columns of a series that the transaction has locked. */
export async function updateRecurringInvoiceRow(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
  changes: RecurringInvoiceChanges,
): Promise<RecurringInvoiceRow> {
  const [row] = await tx<RecurringInvoiceRow[]>`
    update recurring_invoices set ${tx(changes)}
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new NotFound("Recurring invoice");
  return row;
}

/** Writes what one invoice of each series comes to. Series that stay as they were keep `updated_at`. */
export async function updateRecurringInvoiceTotals(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
  totals: readonly Pick<
    RecurringInvoiceRow,
    "id" | "subtotal" | "discountTotal" | "taxTotal" | "total"
  >[],
): Promise<void> {
  await tx`
    update recurring_invoices r
    set subtotal = p.subtotal, discount_total = p.discount_total, tax_total = p.tax_total,
        total = p.total, updated_at = ${now}
    from unnest(
      ${totals.map((row) => row.id)}::int8[], ${totals.map((row) => String(row.subtotal))}::int8[],
      ${totals.map((row) => String(row.discountTotal))}::int8[],
      ${totals.map((row) => String(row.taxTotal))}::int8[], ${totals.map((row) => String(row.total))}::int8[]
    ) as p (id, subtotal, discount_total, tax_total, total)
    where r.company_id = ${companyId} and r.id = p.id
      and (r.subtotal, r.discount_total, r.tax_total, r.total)
        is distinct from (p.subtotal, p.discount_total, p.tax_total, p.total)
  `;
}

/** Lets a parked series go; everything due up to that day may be made up. */
export async function unparkRecurringInvoice(
  tx: Tx,
  series: { companyId: number; id: number },
  change: { releasedThrough: LocalDate; catchUp: CatchUp; now: Date },
): Promise<RecurringInvoiceRow> {
  const [row] = await tx<RecurringInvoiceRow[]>`
    update recurring_invoices
    set parked_at = null, parked_on = null, parked_code = null, parked_reason = null,
        parked_preview = null, released_through = ${change.releasedThrough},
        catch_up = ${change.catchUp}, updated_at = ${change.now}
    where company_id = ${series.companyId} and id = ${series.id} and deleted_at is null
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new NotFound("Recurring invoice");
  return row;
}

/** The row stays, for the invoices that came of it; nobody finds it any more. */
export async function markRecurringInvoiceDeleted(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
): Promise<void> {
  await tx`
    update recurring_invoices set deleted_at = ${now}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}

/** What a list may be sorted by, as callers name it. */
export const recurringInvoiceSorts = [
  "id",
  "title",
  "status",
  "frequency",
  "start_date",
  "end_date",
  "next_generate_date",
  "last_generated_at",
  "total",
  "created_at",
  "updated_at",
] as const;

export interface RecurringInvoiceFilter {
  companyId: number;
  status?: SeriesStatus | undefined;
  clientId?: number | undefined;
  frequency?: Frequency | undefined;
  isArchived?: boolean | undefined;
  isParked?: boolean | undefined;
}

/** One page; ties are broken by id, so that pages never overlap. */
export async function listRecurringInvoices(
  sql: Sql,
  filter: RecurringInvoiceFilter & {
    sort: { field: (typeof recurringInvoiceSorts)[number]; isDescending: boolean };
    limit: number;
    offset: number;
  },
): Promise<RecurringInvoiceRow[]> {
  const direction = filter.sort.isDescending ? sql`desc nulls last` : sql`asc nulls last`;
  return await sql<RecurringInvoiceRow[]>`
    select ${columns(sql)}
    from recurring_invoices
    where ${matches(sql, filter)}
    order by ${sql(filter.sort.field)} ${direction}, id ${filter.sort.isDescending ? sql`desc` : sql`asc`}
    limit ${filter.limit} offset ${filter.offset}
  `;
}

/** How many there are in each status, the filter's own status left out of account. */
export async function countRecurringInvoices(
  sql: Sql,
  filter: RecurringInvoiceFilter,
): Promise<Record<SeriesStatus, number>> {
  const rows = await sql<{ status: SeriesStatus; count: number }[]>`
    select status, count(*)::int as count
    from recurring_invoices
    where ${matches(sql, { ...filter, status: undefined })}
    group by status
  `;
  const counts = { active: 0, paused: 0, completed: 0 };
  for (const row of rows) counts[row.status] = row.count;
  return counts;
}

function matches(sql: Sql, filter: RecurringInvoiceFilter) {
  const { companyId, status, clientId, frequency, isArchived, isParked } = filter;
  return sql`
    company_id = ${companyId} and deleted_at is null
    ${status === undefined ? sql`` : sql`and status = ${status}`}
    ${clientId === undefined ? sql`` : sql`and client_id = ${clientId}`}
    ${frequency === undefined ? sql`` : sql`and frequency = ${frequency}`}
    ${isArchived === undefined ? sql`` : sql`and is_archived = ${isArchived}`}
    ${isParked === undefined ? sql`` : sql`and (parked_at is not null) = ${isParked}`}
  `;
}

/** The invoices made from a series, newest period first. */
export async function listInvoicesOfSeries(
  sql: Sql | Tx,
  { companyId, seriesId, limit }: { companyId: number; seriesId: number; limit: number },
): Promise<InvoiceRow[]> {
  return await sql<InvoiceRow[]>`
    select ${invoiceColumns(sql)}
    from invoices
    where company_id = ${companyId} and recurring_invoice_id = ${seriesId} and deleted_at is null
    order by period_start desc, id desc
    limit ${limit}
  `;
}
