import { NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";
import type { RunTrigger } from "./run-enqueue.ts";
import type { RunStatus } from "./run-ledger.ts";

/** A run as it is shown. */
export interface RunRow {
  /** UUID, version 7: grows with the time the run was asked for. */
  id: string;
  companyId: number | null;
  job: string;
  queue: string;
  status: RunStatus;
  payload: Record<string, unknown>;
  key: string | null;
  /** Attempts used in this round, of how many. */
  attempt: number;
  attemptsMax: number;
  starts: number;
  crashes: number;
  snoozes: number;
  redrives: number;
  triggerKind: RunTrigger["kind"];
  triggerId: string | null;
  traceId: string | null;
  createdAt: Date;
  /** When it may start, or might have at the earliest. */
  availableAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  worker: string | null;
  cancelRequestedAt: Date | null;
  progress: unknown;
  result: unknown;
  reason: string | null;
  errorClass: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  errorRetryable: boolean | null;
}

/** Undefined when there is no such run, or it is another company's than the one given. */
export async function findRun(
  sql: Sql | Tx,
  { id, companyId }: { id: string; companyId?: number },
): Promise<RunRow | undefined> {
  const [row] = await sql<RunRow[]>`
    select ${columns(sql)}
    from job_runs
    where id = ${id}
      ${companyId === undefined ? sql`` : sql`and company_id = ${companyId}`}
  `;
  return row;
}

/** @throws NotFound as `findRun` answers undefined */
export async function getRun(
  sql: Sql | Tx,
  filter: { id: string; companyId?: number },
): Promise<RunRow> {
  const run = await findRun(sql, filter);
  if (run === undefined) throw new NotFound("Run");
  return run;
}

/** Which runs; every part narrows it down. */
export interface RunFilter {
  companyId?: number | undefined;
  job?: string | undefined;
  queue?: string | undefined;
  /** The provider they need. */
  provider?: string | undefined;
  statuses?: readonly RunStatus[] | undefined;
  errorClass?: string | undefined;
  /** The business key, or its beginning. */
  key?: string | undefined;
  /** Runs this one asked for. */
  parentRunId?: string | undefined;
  /** When it was asked for: from, inclusive, and to, exclusive. */
  createdFrom?: Date | undefined;
  createdTo?: Date | undefined;
}

/** Runs, newest first. `beforeId` continues after the last one of the page before. */
export async function listRuns(
  sql: Sql | Tx,
  filter: RunFilter,
  page: { limit: number; beforeId?: string | undefined; offset?: number },
): Promise<RunRow[]> {
  return await sql<RunRow[]>`
    select ${columns(sql)}
    from job_runs
    where ${matches(sql, filter)}
      ${page.beforeId === undefined ? sql`` : sql`and id < ${page.beforeId}`}
    order by id desc
    limit ${page.limit} offset ${page.offset ?? 0}
  `;
}

/** How many runs there are of a filter, counted up to `max`: nobody pages further. */
export async function countRuns(sql: Sql | Tx, filter: RunFilter, max: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from (select from job_runs where ${matches(sql, filter)} limit ${max}) as matching
  `;
  return row?.count ?? 0;
}

export interface RunCountRow {
  queue: string;
  status: RunStatus;
  count: number;
}

/** Runs asked for since an instant, by queue and status. */
export async function countRunsByQueue(sql: Sql, since: Date): Promise<RunCountRow[]> {
  return await sql<RunCountRow[]>`
    select queue, status, count(*)::int as count
    from job_runs
    where id >= run_id_floor(${since})
    group by queue, status
    order by queue, status
  `;
}

/** The condition a filter stands for. */
export function matches(sql: Sql | Tx, filter: RunFilter): ReturnType<Sql> {
  return sql`
    true
    ${filter.companyId === undefined ? sql`` : sql`and company_id = ${filter.companyId}`}
    ${filter.job === undefined ? sql`` : sql`and job = ${filter.job}`}
    ${filter.queue === undefined ? sql`` : sql`and queue = ${filter.queue}`}
    ${filter.provider === undefined ? sql`` : sql`and provider = ${filter.provider}`}
    ${filter.statuses === undefined ? sql`` : sql`and status in ${sql(filter.statuses)}`}
    ${filter.errorClass === undefined ? sql`` : sql`and error_class = ${filter.errorClass}`}
    ${
      filter.key === undefined
        ? sql``
        : sql`and id in (select run_id from run_keys where key like ${`${escapeLike(filter.key)}%`})`
    }
    ${
      filter.parentRunId === undefined
        ? sql``
        : sql`and trigger_kind = 'run' and trigger_id = ${filter.parentRunId}`
    }
    ${filter.createdFrom === undefined ? sql`` : sql`and id >= run_id_floor(${filter.createdFrom})`}
    ${filter.createdTo === undefined ? sql`` : sql`and id < run_id_floor(${filter.createdTo})`}
  `;
}

function columns(sql: Sql | Tx): ReturnType<Sql> {
  return sql`
    id, company_id, job, queue, status, payload, key, attempt, attempts_max, starts, crashes, snoozes,
    redrives, trigger_kind, trigger_id, trace_id, created_at, available_at, started_at, finished_at,
    worker, cancel_requested_at, progress, result, reason, error_class, error_code, error_message,
    error_retryable
  `;
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
