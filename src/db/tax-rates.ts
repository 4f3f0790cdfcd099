import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

/** A tax by its name, to be named by invoices, which copy what it is at that moment. */
export interface TaxRateRow {
  id: number;
  name: string;
  /** Basis points, decimal text with three places. */
  rate: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface TaxRateFilter {
  companyId: number;
  /** Part of the name, in any case. */
  search: string | undefined;
}

export const taxRateSortFields = ["name", "rate", "created_at", "updated_at", "id"] as const;

function columns(sql: Sql | Tx) {
  return sql`id, name, rate, created_at, updated_at`;
}

/** A deleted one is not found. */
export async function getTaxRate(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<TaxRateRow> {
  const [row] = await sql<TaxRateRow[]>`
    select ${columns(sql)}
    from tax_rates
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  if (row === undefined) throw new NotFound("Tax rate");
  return row;
}

/** As `getTaxRate`, and nobody else may change it until the transaction ends. */
export async function lockTaxRate(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<TaxRateRow> {
  const [row] = await tx<TaxRateRow[]>`
    select ${columns(tx)}
    from tax_rates
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    for no key update
  `;
  if (row === undefined) throw new NotFound("Tax rate");
  return row;
}

/** Those of the ids that are there. */
export async function listTaxRatesByIds(
  sql: Sql | Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<TaxRateRow[]> {
  return await sql<TaxRateRow[]>`
    select ${columns(sql)}
    from tax_rates
    where company_id = ${companyId} and id = any(${[...ids]}::int8[]) and deleted_at is null
  `;
}

export async function listTaxRates(
  sql: Sql | Tx,
  filter: TaxRateFilter & {
    sort: { field: (typeof taxRateSortFields)[number]; isDescending: boolean };
    limit: number;
    offset: number;
  },
): Promise<TaxRateRow[]> {
  const direction = filter.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<TaxRateRow[]>`
    select ${columns(sql)}
    from tax_rates
    where ${matches(sql, filter)}
    order by ${sql(filter.sort.field)} ${direction}, id ${direction}
    limit ${filter.limit} offset ${filter.offset}
  `;
}

export async function countTaxRates(sql: Sql | Tx, filter: TaxRateFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from tax_rates where ${matches(sql, filter)}
  `;
  return row?.count ?? 0;
}

export async function insertTaxRate(
  tx: Tx,
  rate: { companyId: number; name: string; rate: string; now: Date },
): Promise<TaxRateRow> {
  const [row] = await tx<TaxRateRow[]>`
    insert into tax_rates (company_id, name, rate, created_at, updated_at)
    values (${rate.companyId}, ${rate.name}, ${rate.rate}, ${rate.now}, ${rate.now})
    returning ${columns(tx)}
  `;
  return row!;
}

/** Writes one that the transaction has locked. */
export async function updateTaxRateRow(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
  changes: { name: string; rate: string; updatedAt: Date },
): Promise<TaxRateRow> {
  const [row] = await tx<TaxRateRow[]>`
    update tax_rates set ${tx(changes)}
    where company_id = ${companyId} and id = ${id}
    returning ${columns(tx)}
  `;
  return row!;
}

/** The row stays for the invoices that name it. */
export async function markTaxRateDeleted(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
): Promise<void> {
  await tx`
    update tax_rates set deleted_at = ${now}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}

function matches(sql: Sql | Tx, { companyId, search }: TaxRateFilter) {
  return sql`
    company_id = ${companyId}
    and deleted_at is null
    ${search === undefined ? sql`` : sql`and strpos(lower(name), lower(${search})) > 0`}
  `;
}
