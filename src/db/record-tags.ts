import type { Select, Sql, Tx } from "./client.ts";

/** Where the tags of each kind of record are kept. */
const homes = {
  invoice: { table: "invoice_tags", column: "invoice_id" },
  client: { table: "client_tags", column: "client_id" },
  project: { table: "project_tags", column: "project_id" },
  task: { table: "task_tags", column: "task_id" },
} as const;
export type TaggedKind = keyof typeof homes;

export interface TaggedRecord {
  kind: TaggedKind;
  companyId: number;
  id: number;
}

interface NamedTagRow {
  id: number;
  name: string;
}

interface RecordTagRow extends NamedTagRow {
  recordId: number;
}

/** The tags of some records, by name; deleted ones are on nothing. */
export function listRecordTags(
  sql: Sql | Tx,
  { kind, companyId, ids }: { kind: TaggedKind; companyId: number; ids: readonly number[] },
): Select<RecordTagRow> {
  const { table, column } = homes[kind];
  return sql<RecordTagRow[]>`
    select tagged.${sql(column)} as record_id, tags.id, tags.name
    from ${sql(table)} tagged
    join tags on tags.company_id = tagged.company_id and tags.id = tagged.tag_id
    where tagged.company_id = ${companyId} and tagged.${sql(column)} = any(${[...ids]}::int8[])
      and tags.deleted_at is null
    order by tags.name, tags.id
  `;
}

/** Those of the names that are no tag yet, in any case; each once. */
export async function listUnknownTagNames(
  sql: Sql | Tx,
  { companyId, names }: { companyId: number; names: readonly string[] },
): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct on (lower(named)) named as name
    from unnest(${[...names]}::text[]) as named
    where not exists (
      select from tags
      where company_id = ${companyId} and lower(name) = lower(named) and deleted_at is null
    )
    order by lower(named)
  `;
  return rows.map((row) => row.name);
}

/** Those of the ids and names, in any case, that are tags. */
export async function listNamedTags(
  sql: Sql | Tx,
  input: { companyId: number; ids: readonly number[]; names: readonly string[] },
): Promise<NamedTagRow[]> {
  return await sql<NamedTagRow[]>`
    select id, name
    from tags
    where company_id = ${input.companyId} and deleted_at is null
      and (
        id = any(${[...input.ids]}::int8[])
        or lower(name) in (select lower(named) from unnest(${[...input.names]}::text[]) as named)
      )
    order by name, id
  `;
}

/**
 * Makes tags of these names, each given once, and returns what it made. One that somebody else makes
 * at this moment is waited for and left alone, so that a look afterwards finds it.
 */
export async function insertMissingTags(
  tx: Tx,
  { companyId, names, now }: { companyId: number; names: readonly string[]; now: Date },
): Promise<NamedTagRow[]> {
  return await tx<NamedTagRow[]>`
    insert into tags (company_id, name, created_at, updated_at)
    select ${companyId}, named, ${now}, ${now}
    from unnest(${[...names]}::text[]) as named
    order by lower(named)
    on conflict (company_id, lower(name)) where deleted_at is null do nothing
    returning id, name
  `;
}

/** Leaves a record with exactly these tags. The transaction has locked the record. */
export async function replaceRecordTags(
  tx: Tx,
  { kind, companyId, id }: TaggedRecord,
  tagIds: readonly number[],
): Promise<void> {
  const { table, column } = homes[kind];
  await tx`
    delete from ${tx(table)}
    where company_id = ${companyId} and ${tx(column)} = ${id}
      and tag_id <> all(${[...tagIds]}::int8[])
  `;
  await tx`
    insert into ${tx(table)} (company_id, ${tx(column)}, tag_id)
    select ${companyId}, ${id}, tag_id from unnest(${[...tagIds]}::int8[]) as tag_id
    on conflict do nothing
  `;
}

/** Gives a new record the tags of another one of its kind. */
export async function copyRecordTags(
  tx: Tx,
  { kind, companyId, from, to }: { kind: TaggedKind; companyId: number; from: number; to: number },
): Promise<void> {
  const { table, column } = homes[kind];
  await tx`
    insert into ${tx(table)} (company_id, ${tx(column)}, tag_id)
    select tagged.company_id, ${to}, tagged.tag_id
    from ${tx(table)} tagged
    join tags on tags.company_id = tagged.company_id and tags.id = tagged.tag_id
    where tagged.company_id = ${companyId} and tagged.${tx(column)} = ${from}
      and tags.deleted_at is null
  `;
}
