import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";
import type { ExportFormat, ExportResource } from "./export-rows.ts";

/** An export for which a file is written. */
export interface ExportRow {
  companyId: number;
  id: number;
  format: ExportFormat;
  /** Null: all of them. */
  resource: ExportResource | null;
  projectId: number | null;
  clientId: number | null;
  dateFrom: LocalDate | null;
  dateTo: LocalDate | null;
  userId: number;
  /** How long the file is kept once it is whole. */
  keptDays: number;
  runId: string | null;
  storageKey: string | null;
  bytes: bigint | null;
  rowCount: bigint | null;
  /** In hex, of the file. */
  sha256: string | null;
  completedAt: Date | null;
  /** From then on the file is gone. */
  expiresAt: Date | null;
  damagedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

function exportColumns(sql: Sql | Tx) {
  return sql`
    company_id, id, format, resource, project_id, client_id, date_from, date_to, user_id, kept_days,
    run_id, storage_key, bytes, row_count, sha256, completed_at, expires_at, damaged_at, created_at, updated_at
  `;
}

export type NewExport = Pick<
  ExportRow,
  | "companyId"
  | "format"
  | "resource"
  | "projectId"
  | "clientId"
  | "dateFrom"
  | "dateTo"
  | "userId"
  | "keptDays"
  | "createdAt"
>;

export async function insertExport(tx: Tx, row: NewExport): Promise<ExportRow> {
  const [inserted] = await tx<ExportRow[]>`
    insert into exports ${tx({ ...row, updatedAt: row.createdAt })}
    returning ${exportColumns(tx)}
  `;
  return inserted!;
}

/** The same export, asked for already, whose run goes on. */
export async function findPendingExport(tx: Tx, wanted: NewExport): Promise<ExportRow | undefined> {
  const [row] = await tx<ExportRow[]>`
    select ${exportColumns(tx)}
    from exports
    where company_id = ${wanted.companyId}
      and format = ${wanted.format}
      and resource is not distinct from ${wanted.resource}
      and project_id is not distinct from ${wanted.projectId}
      and client_id is not distinct from ${wanted.clientId}
      and date_from is not distinct from ${wanted.dateFrom}
      and date_to is not distinct from ${wanted.dateTo}
      and completed_at is null
      and exists (
        select from job_runs
        where job_runs.id = exports.run_id
          and job_runs.status in ('queued', 'running', 'retrying', 'held')
      )
    order by id desc
    limit 1
  `;
  return row;
}

export async function setExportRun(
  tx: Tx,
  { companyId, id, runId }: { companyId: number; id: number; runId: string },
): Promise<void> {
  await tx`update exports set run_id = ${runId} where company_id = ${companyId} and id = ${id}`;
}

export async function findExport(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ExportRow | undefined> {
  const [row] = await sql<ExportRow[]>`
    select ${exportColumns(sql)} from exports where company_id = ${companyId} and id = ${id}
  `;
  return row;
}

/** Latest first, with how many there are. */
export async function listExports(
  sql: Sql,
  { companyId, limit, offset }: { companyId: number; limit: number; offset: number },
): Promise<{ rows: ExportRow[]; total: number }> {
  const rows = await sql<ExportRow[]>`
    select ${exportColumns(sql)}
    from exports
    where company_id = ${companyId}
    order by id desc
    limit ${limit} offset ${offset}
  `;
  const [count] = await sql<{ total: number }[]>`
    select count(*)::int as total from exports where company_id = ${companyId}
  `;
  return { rows, total: count!.total };
}

/** The file is whole. False when another attempt was faster. */
export async function completeExport(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
  file: Pick<ExportRow, "storageKey" | "bytes" | "rowCount" | "sha256" | "expiresAt"> & {
    now: Date;
  },
): Promise<boolean> {
  const { now, ...facts } = file;
  const rows = await tx`
    update exports set ${tx({ ...facts, completedAt: now, updatedAt: now })}
    where company_id = ${companyId} and id = ${id} and completed_at is null
    returning id
  `;
  return rows.length > 0;
}

/** A download found the file to be another one than was written. */
export async function markExportDamaged(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
): Promise<void> {
  await tx`
    update exports set damaged_at = ${now}, updated_at = ${now}
    where company_id = ${companyId} and id = ${id} and damaged_at is null
  `;
}

/** Records of exports made before then, whose files are gone. Returns how many went. */
export async function deleteExportsBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from exports
    where (company_id, id) in (
      select company_id, id from exports where created_at < ${before} order by created_at limit ${limit}
    )
    returning id
  `;
  return rows.length;
}
