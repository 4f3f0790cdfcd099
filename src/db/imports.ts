import type { ProviderName } from "../platform/oauth.ts";
import type { Sql, Tx } from "./client.ts";

export type ImportStatus = "previewing" | "importing" | "completed" | "failed" | "reset";

/** Numbers by the name of a resource. */
export type Counts = Readonly<Record<string, number>>;
/** What was counted over there; null where we may not look. */
export type PreviewCounts = Readonly<Record<string, number | null>>;

/** What became of the records of one resource. */
export interface Tally {
  created: number;
  updated: number;
  /** Taken over by an earlier import, and left as they are. */
  unchanged: number;
  refused: number;
}

export interface ImportRow {
  id: number;
  companyId: number;
  provider: ProviderName;
  /** The account over there. */
  account: string;
  status: ImportStatus;
  selectedResources: string[];
  reimportExisting: boolean;
  preview: PreviewCounts | null;
  step: number;
  page: number;
  stepLength: number | null;
  stepRounds: number;
  progress: Counts;
  tally: Readonly<Record<string, Tally>>;
  reconciliation: Readonly<Record<string, unknown>> | null;
  errorMessage: string | null;
  runId: string | null;
  userId: number | null;
  startedAt: Date | null;
  completedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

function columns(sql: Sql | Tx) {
  return sql`
    id, company_id, provider, account, status, selected_resources, reimport_existing, preview, step,
    page, step_length, step_rounds, progress, tally, reconciliation, error_message, run_id,
    user_id, started_at, completed_at, created_at, updated_at
  `;
}

interface ImportKey {
  companyId: number;
  provider: ProviderName;
}

/** The one that a provider's page shows. */
export async function findLatestImport(
  sql: Sql | Tx,
  { companyId, provider }: ImportKey,
): Promise<ImportRow | undefined> {
  const [row] = await sql<ImportRow[]>`
    select ${columns(sql)} from imports
    where company_id = ${companyId} and provider = ${provider}
    order by id desc
    limit 1
  `;
  return row;
}

export async function findImport(
  sql: Sql | Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ImportRow | undefined> {
  const [row] = await sql<ImportRow[]>`
    select ${columns(sql)} from imports where company_id = ${companyId} and id = ${id}
  `;
  return row;
}

/** As `findImport`; nobody else changes it until the transaction ends. */
export async function lockImport(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<ImportRow | undefined> {
  const [row] = await tx<ImportRow[]>`
    select ${columns(tx)} from imports where company_id = ${companyId} and id = ${id} for update
  `;
  return row;
}

/** The import that runs, locked. */
export async function lockRunningImport(
  tx: Tx,
  { companyId, provider }: ImportKey,
): Promise<ImportRow | undefined> {
  const [row] = await tx<ImportRow[]>`
    select ${columns(tx)} from imports
    where company_id = ${companyId} and provider = ${provider} and status = 'importing'
    for update
  `;
  return row;
}

export async function insertImport(
  tx: Tx,
  given: ImportKey &
    Pick<
      ImportRow,
      "account" | "status" | "selectedResources" | "reimportExisting" | "progress" | "userId"
    > & { preview: PreviewCounts | null; startedAt: Date | null; now: Date },
): Promise<ImportRow> {
  const [row] = await tx<ImportRow[]>`
    insert into imports (
      company_id, provider, account, status, selected_resources, reimport_existing, preview,
      progress, user_id, started_at, created_at, updated_at
    )
    values (
      ${given.companyId}, ${given.provider}, ${given.account}, ${given.status},
      ${[...given.selectedResources]}::text[], ${given.reimportExisting}, ${json(given.preview)}::text::jsonb,
      ${json(given.progress)}::text::jsonb, ${given.userId}, ${given.startedAt}, ${given.now},
      ${given.now}
    )
    returning ${columns(tx)}
  `;
  if (row === undefined) throw new Error("the import was not inserted");
  return row;
}

export type ImportChanges = Partial<
  Pick<
    ImportRow,
    | "status"
    | "step"
    | "page"
    | "stepLength"
    | "stepRounds"
    | "errorMessage"
    | "runId"
    | "startedAt"
    | "completedAt"
    | "preview"
    | "progress"
    | "tally"
    | "reconciliation"
  >
>;

const jsonFields = ["preview", "progress", "tally", "reconciliation"] as const;

/** Writes the values named, and leaves the others. */
export async function updateImport(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
  { now, ...changes }: ImportChanges & { now: Date },
): Promise<void> {
  const columnsOf: Record<string, unknown> = { ...changes, updatedAt: now };
  for (const name of jsonFields) delete columnsOf[name];
  await tx`
    update imports
    set
      preview = coalesce(${json(changes.preview ?? null)}::text::jsonb, preview),
      progress = coalesce(${json(changes.progress ?? null)}::text::jsonb, progress),
      tally = coalesce(${json(changes.tally ?? null)}::text::jsonb, tally),
      reconciliation = coalesce(${json(changes.reconciliation ?? null)}::text::jsonb, reconciliation),
      ${tx(columnsOf)}
    where company_id = ${companyId} and id = ${id}
  `;
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
