import type { ProviderName } from "../platform/oauth.ts";
import type { Sql, Tx } from "./client.ts";

/** One of our records and what it is called over there, in one account. */
export interface ExternalRefRow {
  externalId: string;
  recordId: number;
  /** What of the record was carried over last: a version, an etag; null when it is not known. */
  syncedVersion: string | null;
}

/** Records of one kind, with one account of a provider. */
export interface ExternalRefScope {
  companyId: number;
  provider: ProviderName;
  /** The connection's `externalId`. */
  account: string;
  /** "client", "invoice", … : our word. */
  kind: string;
}

/** The refs of these records; records without one are left out. */
export async function findRefsOfRecords(
  sql: Sql | Tx,
  scope: ExternalRefScope,
  recordIds: readonly number[],
): Promise<ExternalRefRow[]> {
  return await sql<ExternalRefRow[]>`
    select external_id, record_id, synced_version from external_refs
    where ${within(sql, scope)} and record_id = any(${[...recordIds]}::bigint[])
  `;
}

/** The refs of these ids over there; ids we do not know are left out. */
export async function findRefsOfExternals(
  sql: Sql | Tx,
  scope: ExternalRefScope,
  externalIds: readonly string[],
): Promise<ExternalRefRow[]> {
  return await sql<ExternalRefRow[]>`
    select external_id, record_id, synced_version from external_refs
    where ${within(sql, scope)} and external_id = any(${[...externalIds]}::text[])
  `;
}

/**
 * Links records with what they are called over there, or notes what was carried over last. A record
 * has one id there, the last one recorded; an id that another record has breaks the unique key.
 */
export async function recordExternalRefs(
  tx: Tx,
  { companyId, provider, account, kind }: ExternalRefScope,
  refs: readonly ExternalRefRow[],
): Promise<void> {
  if (refs.length === 0) return;
  await tx`
    insert into external_refs (
      company_id, provider, account, kind, external_id, record_id, synced_version
    )
    select ${companyId}, ${provider}, ${account}, ${kind}, external_id, record_id, synced_version
    from unnest(
      ${refs.map((ref) => ref.externalId)}::text[],
      ${refs.map((ref) => ref.recordId)}::bigint[],
      ${refs.map((ref) => ref.syncedVersion)}::text[]
    ) as given (external_id, record_id, synced_version)
    on conflict (company_id, provider, account, kind, record_id) do update
    set external_id = excluded.external_id, synced_version = excluded.synced_version, updated_at = now()
  `;
}

/** Unlinks records from what they were called over there. Returns how many were linked. */
export async function forgetExternalRefs(
  tx: Tx,
  scope: ExternalRefScope,
  recordIds: readonly number[],
): Promise<number> {
  const rows = await tx`
    delete from external_refs
    where ${within(tx, scope)} and record_id = any(${[...recordIds]}::bigint[])
    returning 1
  `;
  return rows.length;
}

function within(sql: Sql | Tx, { companyId, provider, account, kind }: ExternalRefScope) {
  return sql`
    company_id = ${companyId} and provider = ${provider} and account = ${account} and kind = ${kind}
  `;
}
