import type { Sql } from "./client.ts";

/** A column with sealed values of tenants' rows, found by (company_id, id). */
interface SealedColumn {
  table: string;
  column: string;
  /** A further column that the value is bound to. */
  boundTo: string | null;
}

/** Everything that is sealed under MASTER_KEYS. A column that is missing here would not outlive a change of keys. */
const sealedColumns: readonly SealedColumn[] = [
  { table: "connections", column: "credentials", boundTo: "provider" },
  { table: "connections", column: "app_credentials", boundTo: "provider" },
  { table: "webhook_endpoints", column: "secret", boundTo: null },
  { table: "webhook_endpoints", column: "previous_secret", boundTo: null },
];

/** What a sealed value is bound to, so that it opens in its own row only. */
export function sealedPlace(place: {
  table: string;
  column: string;
  companyId: number;
  id: number;
  /** What `boundTo` holds. */
  of?: string;
}): string {
  return [place.table, place.column, place.companyId, place.of ?? "", place.id].join("/");
}

/** How many values each key has sealed. */
export async function countSealedByKey(sql: Sql): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { table, column } of sealedColumns) {
    const rows = await sql<{ keyId: string; count: number }[]>`
      select split_part(${sql(column)}, '.', 2) as "keyId", count(*)::int as count
      from ${sql(table)}
      where ${sql(column)} is not null
      group by 1
    `;
    for (const { keyId, count } of rows) counts.set(keyId, (counts.get(keyId) ?? 0) + count);
  }
  return counts;
}

/**
 * Seals anew what another key than `keyId` has sealed, a few rows at a time. A value that was changed
 * meanwhile is left: it was sealed by the first key then. Returns how many were sealed anew.
 *
 * @param reseal throws when a value cannot be opened
 */
export async function resealValues(
  sql: Sql,
  {
    keyId,
    batchSize,
    reseal,
    progress,
  }: {
    keyId: string;
    batchSize: number;
    reseal: (sealed: string, place: string) => string;
    progress?: (resealed: number) => void;
  },
): Promise<number> {
  let resealed = 0;
  for (const { table, column, boundTo } of sealedColumns) {
    for (let after = { companyId: 0, id: 0 }; ;) {
      const rows = await sql<{ companyId: number; id: number; sealed: string; boundTo: string }[]>`
        select company_id, id, ${sql(column)} as sealed,
          ${boundTo === null ? sql`''` : sql(boundTo)} as bound_to
        from ${sql(table)}
        where split_part(${sql(column)}, '.', 2) <> ${keyId}
          and (company_id, id) > (${after.companyId}, ${after.id})
        order by company_id, id
        limit ${batchSize}
      `;
      for (const row of rows) {
        const { companyId, id } = row;
        const place = sealedPlace({ table, column, companyId, id, of: row.boundTo });
        const changed = await sql`
          update ${sql(table)}
          set ${sql(column)} = ${reseal(row.sealed, place)}
          where company_id = ${companyId} and id = ${id} and ${sql(column)} = ${row.sealed}
          returning 1
        `;
        resealed += changed.length;
      }
      progress?.(resealed);
      const last = rows.at(-1);
      if (last === undefined || rows.length < batchSize) break;
      after = last;
    }
  }
  return resealed;
}
