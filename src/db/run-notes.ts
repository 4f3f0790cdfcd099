import type { Sql } from "./client.ts";

/** A line a job wrote about its run. */
export interface RunLogRow {
  runId: string;
  /** Grows within a run, over all its attempts. */
  lineNumber: number;
  loggedAt: Date;
  level: string;
  message: string;
}

/** Adds lines to runs, in one statement. Lines that are there already stay. */
export async function insertRunLogs(sql: Sql, lines: readonly RunLogRow[]): Promise<void> {
  await sql`
    insert into run_logs (run_id, line_number, logged_at, level, message)
    select *
    from unnest(
      ${lines.map((line) => line.runId)}::uuid[],
      ${lines.map((line) => line.lineNumber)}::int[],
      ${lines.map((line) => line.loggedAt.toISOString())}::timestamptz[],
      ${lines.map((line) => line.level)}::text[],
      ${lines.map((line) => line.message)}::text[]
    )
    on conflict do nothing
  `;
}

/** Shows how far runs are, in one statement; only while they are ours. `progress` is JSON text. */
export async function updateProgress(
  sql: Sql,
  notes: readonly { runId: string; leaseToken: string; progress: string }[],
): Promise<void> {
  await sql`
    with updated as (
      update job_runs
      set progress = given.progress::jsonb
      from unnest(
        ${notes.map((note) => note.runId)}::uuid[],
        ${notes.map((note) => note.leaseToken)}::uuid[],
        ${notes.map((note) => note.progress)}::text[]
      ) as given (id, lease_token, progress)
      where job_runs.id = given.id
        and job_runs.lease_token = given.lease_token
        and job_runs.lease_expires_at is not null
      returning job_runs.id
    )
    select pg_notify('run_changed', id::text) from updated where id in (select run_id from run_watches)
  `;
}

/** The lines of a run, oldest first. */
export async function listRunLogs(sql: Sql, runId: string, limit: number): Promise<RunLogRow[]> {
  return await sql<RunLogRow[]>`
    select run_id, line_number, logged_at, level, message
    from run_logs
    where run_id = ${runId}
    order by line_number
    limit ${limit}
  `;
}

/** An attempt that did not end well. */
export interface RunAttemptRow {
  startNumber: number;
  startedAt: Date | null;
  endedAt: Date;
  worker: string | null;
  /** What the run became by it, or `crashed`. */
  outcome: string;
  errorClass: string | null;
  errorCode: string | null;
  errorMessage: string | null;
}

/** The attempts of a run that did not end well, newest first. */
export async function listRunAttempts(
  sql: Sql,
  runId: string,
  limit: number,
): Promise<RunAttemptRow[]> {
  return await sql<RunAttemptRow[]>`
    select
      start_number, started_at, ended_at, worker, outcome, error_class, error_code, error_message
    from run_attempts
    where run_id = ${runId}
    order by start_number desc
    limit ${limit}
  `;
}
