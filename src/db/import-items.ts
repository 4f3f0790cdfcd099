import type { Sql, Tx } from "./client.ts";

/**
 * "refused": not taken over. "overwritten": it was changed here, and that is gone. "kept": it was
 * changed here in a way that an import may not undo, and stays. "adjusted": taken over with something
 * put right. "differs": there and here do not come to the same.
 */
export const importItemKinds = ["refused", "overwritten", "kept", "adjusted", "differs"] as const;
export type ImportItemKind = (typeof importItemKinds)[number];

export interface NewImportItem {
  resource: string;
  externalId: string;
  kind: ImportItemKind;
  reason: string;
  details?: Readonly<Record<string, unknown>>;
  /** Ours, where there is one. */
  recordId?: number | null;
}

/** Adds to an import's report. The same thing about the same record is said once, with its last reason. */
export async function recordImportItems(
  tx: Tx,
  { companyId, importId, now }: { companyId: number; importId: number; now: Date },
  items: readonly NewImportItem[],
): Promise<void> {
  if (items.length === 0) return;
  await tx`
    insert into import_items (
      company_id, import_id, resource, external_id, kind, reason, details, record_id, created_at
    )
    select distinct on (resource, external_id, kind)
      ${companyId}, ${importId}, resource, external_id, kind, left(reason, 1000), details::jsonb,
      record_id, ${now}
    from unnest(
      ${items.map((item) => item.resource)}::text[],
      ${items.map((item) => item.externalId)}::text[],
      ${items.map((item) => item.kind)}::text[],
      ${items.map((item) => item.reason)}::text[],
      ${items.map((item) => JSON.stringify(item.details ?? {}))}::text[],
      ${items.map((item) => item.recordId ?? null)}::bigint[]
    ) as given (resource, external_id, kind, reason, details, record_id)
    on conflict (company_id, import_id, resource, external_id, kind) do update
    set reason = excluded.reason, details = excluded.details, record_id = excluded.record_id
  `;
}

export interface ImportItemRow {
  id: number;
  resource: string;
  externalId: string;
  kind: ImportItemKind;
  reason: string;
  details: Record<string, unknown>;
  recordId: number | null;
  createdAt: Date;
}

interface ItemFilter {
  companyId: number;
  importId: number;
  resource: string | undefined;
  kind: ImportItemKind | undefined;
}

export async function listImportItems(
  sql: Sql | Tx,
  { limit, offset, ...filter }: ItemFilter & { limit: number; offset: number },
): Promise<ImportItemRow[]> {
  return await sql<ImportItemRow[]>`
    select id, resource, external_id, kind, reason, details, record_id, created_at
    from import_items
    where ${matches(sql, filter)}
    order by id
    limit ${limit} offset ${offset}
  `;
}

export async function countImportItems(
  sql: Sql | Tx,
  filter: ItemFilter,
): Promise<{ kind: ImportItemKind; count: number }[]> {
  return await sql<{ kind: ImportItemKind; count: number }[]>`
    select kind, count(*)::int as count
    from import_items
    where ${matches(sql, filter)}
    group by kind
    order by kind
  `;
}

function matches(sql: Sql | Tx, { companyId, importId, resource, kind }: ItemFilter) {
  return sql`
    company_id = ${companyId} and import_id = ${importId}
    ${resource === undefined ? sql`` : sql`and resource = ${resource}`}
    ${kind === undefined ? sql`` : sql`and kind = ${kind}`}
  `;
}
