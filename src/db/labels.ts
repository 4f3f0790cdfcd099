import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";

/** What a company files its records under: an invoice has one category and any number of tags. */
export interface LabelRow {
  id: number;
  /** One of a kind in its company, whatever its case. */
  name: string;
  createdAt: Date;
  updatedAt: Date;
}

const kinds = {
  category: { table: "categories", noun: "Category", nameKey: "categories_name_key" },
  tag: { table: "tags", noun: "Tag", nameKey: "tags_name_key" },
} as const;
export type LabelKind = keyof typeof kinds;

export interface LabelRef {
  kind: LabelKind;
  companyId: number;
  id: number;
}

export const labelSortFields = ["name", "created_at", "updated_at", "id"] as const;

/** The unique index over the names of a kind. */
export function labelNameKey(kind: LabelKind): string {
  return kinds[kind].nameKey;
}

function columns(sql: Sql | Tx) {
  return sql`id, name, created_at, updated_at`;
}

export async function findLabel(
  sql: Sql | Tx,
  { kind, companyId, id }: LabelRef,
): Promise<LabelRow | undefined> {
  const [row] = await sql<LabelRow[]>`
    select ${columns(sql)}
    from ${sql(kinds[kind].table)}
    where company_id = ${companyId} and id = ${id} and deleted_at is null
  `;
  return row;
}

/** A deleted one is not found. */
export async function getLabel(sql: Sql | Tx, ref: LabelRef): Promise<LabelRow> {
  const row = await findLabel(sql, ref);
  if (row === undefined) throw new NotFound(kinds[ref.kind].noun);
  return row;
}

/** As `getLabel`, and nobody else may change it until the transaction ends. */
export async function lockLabel(tx: Tx, { kind, companyId, id }: LabelRef): Promise<LabelRow> {
  const [row] = await tx<LabelRow[]>`
    select ${columns(tx)}
    from ${tx(kinds[kind].table)}
    where company_id = ${companyId} and id = ${id} and deleted_at is null
    for no key update
  `;
  if (row === undefined) throw new NotFound(kinds[kind].noun);
  return row;
}

export interface LabelFilter {
  kind: LabelKind;
  companyId: number;
  /** Part of the name, in any case. */
  search: string | undefined;
}

export async function listLabels(
  sql: Sql | Tx,
  filter: LabelFilter & {
    sort: { field: (typeof labelSortFields)[number]; isDescending: boolean };
    limit: number;
    offset: number;
  },
): Promise<LabelRow[]> {
  const direction = filter.sort.isDescending ? sql`desc` : sql`asc`;
  return await sql<LabelRow[]>`
    select ${columns(sql)}
    from ${sql(kinds[filter.kind].table)}
    where ${matches(sql, filter)}
    order by ${sql(filter.sort.field)} ${direction}, id ${direction}
    limit ${filter.limit} offset ${filter.offset}
  `;
}

export async function countLabels(sql: Sql | Tx, filter: LabelFilter): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from ${sql(kinds[filter.kind].table)} where ${matches(sql, filter)}
  `;
  return row?.count ?? 0;
}

/** Whether another one of the kind has this name, in any case. */
export async function isLabelNameTaken(
  sql: Sql | Tx,
  input: { kind: LabelKind; companyId: number; name: string; exceptId: number | null },
): Promise<boolean> {
  const rows = await sql`
    select from ${sql(kinds[input.kind].table)}
    where company_id = ${input.companyId} and lower(name) = lower(${input.name})
      and id is distinct from ${input.exceptId} and deleted_at is null
  `;
  return rows.length > 0;
}

export async function insertLabel(
  tx: Tx,
  { kind, companyId, name, now }: { kind: LabelKind; companyId: number; name: string; now: Date },
): Promise<LabelRow> {
  const [row] = await tx<LabelRow[]>`
    insert into ${tx(kinds[kind].table)} (company_id, name, created_at, updated_at)
    values (${companyId}, ${name}, ${now}, ${now})
    returning ${columns(tx)}
  `;
  return row!;
}

/** Renames one that the transaction has locked. */
export async function updateLabel(
  tx: Tx,
  { kind, companyId, id }: LabelRef,
  { name, now }: { name: string; now: Date },
): Promise<LabelRow> {
  const [row] = await tx<LabelRow[]>`
    update ${tx(kinds[kind].table)} set name = ${name}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
    returning ${columns(tx)}
  `;
  return row!;
}

/** The row stays for what refers to it; its name is free again. */
export async function markLabelDeleted(
  tx: Tx,
  { kind, companyId, id }: LabelRef,
  now: Date,
): Promise<void> {
  await tx`
    update ${tx(kinds[kind].table)} set deleted_at = ${now}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}

function matches(sql: Sql | Tx, { companyId, search }: LabelFilter) {
  return sql`
    company_id = ${companyId}
    and deleted_at is null
    ${search === undefined ? sql`` : sql`and strpos(lower(name), lower(${search})) > 0`}
  `;
}
