import type { Sql } from "../../../src/db/client.ts";
import { listColumns } from "../../support/schema-dump.ts";

/** A hash of each table's rows of one company. */
export type Fingerprint = Readonly<Record<string, string>>;

/** The tables in which something has changed. */
export function changedTables(before: Fingerprint, after: Fingerprint): string[] {
  return Object.keys(after).filter((table) => before[table] !== after[table]);
}

/**
 * Tells whether anything that belongs to a company has changed. What the API writes about its own use
 * (usage, kept answers, audit, ways to a provider, files to be tidied away) is left out.
 */
export async function createFingerprints(
  sql: Sql,
): Promise<(companyId: number) => Promise<Fingerprint>> {
  const bookkeeping = new Set([
    "api_usage",
    "idempotency_keys",
    "audit_log",
    "oauth_attempts",
    "files_to_delete",
  ]);
  const tables = (await listColumns(sql))
    .filter(({ name, table }) => name === "company_id" && !bookkeeping.has(table))
    .map(({ table }) => table);
  return async (companyId) => {
    const selects = [...new Set(tables)].map(
      (table) => sql`
        select ${table} as name, md5(coalesce(string_agg(row, '' order by row), '')) as hash
        from (
          select (to_jsonb(t) - 'last_used_at')::text as row
          from ${sql(table)} t where company_id = ${companyId}
        ) rows
      `,
    );
    const ofCompany = sql`select 'companies' as name, md5(t::text) as hash from companies t where id = ${companyId}`;
    const all = selects.reduce((query, select) => sql`${query} union all ${select}`, ofCompany);
    const rows = await sql<{ name: string; hash: string }[]>`${all}`;
    return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
  };
}
