import type { Sql } from "./client.ts";

/**
 * - `queued`: waits for its turn, or for its time. `running`: a worker holds its lease.
 * - `succeeded`, `skipped`: done, for ever. `retrying`: failed, will be tried again.
 * - `dead`: failed for good, until an operator acts. `cancelled`: stopped by someone.
 * - `held`: waits for a connection to be made again.
 */
export const runStatuses = [
  "queued",
  "running",
  "succeeded",
  "skipped",
  "retrying",
  "dead",
  "cancelled",
  "held",
] as const;

export type RunStatus = (typeof runStatuses)[number];

/** One delivery of a run, and the token of the lease it asks for. */
export interface ClaimRequest {
  runId: string;
  delivery: number;
  leaseToken: string;
}

/** A run that is now ours to execute. */
export interface ClaimedRun {
  id: string;
  companyId: number | null;
  job: string;
  queue: string;
  payload: unknown;
  attempt: number;
  attemptsMax: number;
  /** The number of this start, counted over the whole life of the run. */
  starts: number;
  leaseToken: string;
  traceId: string | null;
  /** From being due to this start, by the database's clock. */
  waitedSeconds: number;
}

/**
 * Starts the runs whose current delivery this is and that wait to be started; the others are not
 * returned. Asking again with the same token, after an answer was lost, returns the same claim.
 */
export async function claimRuns(
  sql: Sql,
  requests: readonly ClaimRequest[],
  { worker, leaseMs }: { worker: string; leaseMs: number },
): Promise<ClaimedRun[]> {
  return await sql<ClaimedRun[]>`
    with given as (
      select *
      from unnest(
        ${requests.map((request) => request.runId)}::uuid[],
        ${requests.map((request) => request.delivery)}::int[],
        ${requests.map((request) => request.leaseToken)}::uuid[]
      ) as given (id, delivery, lease_token)
    ),
    claimed as (
      update job_runs
      set
        status = 'running',
        attempt = job_runs.attempt + (job_runs.status <> 'running')::int,
        starts = job_runs.starts + (job_runs.status <> 'running')::int,
        started_at = case when job_runs.status = 'running' then job_runs.started_at else clock_timestamp() end,
        finished_at = null,
        reason = null,
        worker = ${worker},
        lease_token = given.lease_token,
        lease_expires_at = clock_timestamp() + ${leaseMs}::float8 * interval '1 ms'
      from given
      where job_runs.id = given.id
        and job_runs.delivery = given.delivery
        -- Said by exclusion, so that no plan looks the runs up by their status instead of their id.
        and job_runs.status not in ('succeeded', 'skipped', 'dead', 'cancelled', 'held')
        and (job_runs.status <> 'running' or job_runs.lease_token = given.lease_token)
      returning
        job_runs.id, job_runs.company_id, job_runs.job, job_runs.queue, job_runs.payload,
        job_runs.attempt, job_runs.attempts_max, job_runs.starts, job_runs.lease_token,
        job_runs.trace_id,
        extract(epoch from clock_timestamp() - job_runs.available_at)::float8 as waited_seconds
    ),
    started as (
      delete from run_feed using claimed where run_feed.run_id = claimed.id
    ),
    told as (
      select pg_notify('run_changed', id::text) from claimed where id in (select run_id from run_watches)
    )
    select claimed.* from claimed, (select count(*) from told) as once
  `;
}

/** A lease that was renewed, and whether someone wants the run cancelled. */
export interface RenewedLease {
  runId: string;
  isCancelRequested: boolean;
}

/** Renews leases in one statement. What is not returned was lost: another may have the run by now. */
export async function renewLeases(
  sql: Sql,
  leases: readonly { runId: string; leaseToken: string }[],
  leaseMs: number,
): Promise<RenewedLease[]> {
  return await sql<RenewedLease[]>`
    update job_runs
    set lease_expires_at = clock_timestamp() + ${leaseMs}::float8 * interval '1 ms'
    from unnest(
      ${leases.map((lease) => lease.runId)}::uuid[],
      ${leases.map((lease) => lease.leaseToken)}::uuid[]
    ) as given (id, lease_token)
    where job_runs.id = given.id
      and job_runs.lease_token = given.lease_token
      and job_runs.lease_expires_at is not null
    returning job_runs.id as run_id, job_runs.cancel_requested_at is not null as is_cancel_requested
  `;
}

/** What is kept of an error: never a secret, never longer than a screen. */
export interface RunError {
  class: string;
  code: string | null;
  message: string;
  isRetryable: boolean;
}

/** How a started run goes on. */
export interface Settlement {
  runId: string;
  leaseToken: string;
  /** `queued` snoozes it or hands it back. */
  status: Exclude<RunStatus, "running">;
  /** With `queued` and `retrying`: milliseconds until it is due again. */
  delayMs: number;
  givesAttemptBack: boolean;
  /** As JSON text. */
  result: string | null;
  reason: string | null;
  error: RunError | null;
}

/**
 * Records how runs ended, feeds those that come back and raises an item for those that died. Fenced by
 * the lease token: a run that was taken over is left alone and not among the ids returned. A run that
 * someone wants cancelled does not come back.
 */
export async function settleRuns(
  sql: Sql,
  settlements: readonly Settlement[],
): Promise<{ id: string; status: RunStatus }[]> {
  const errors = settlements.map((settlement) => settlement.error);
  return await sql<{ id: string; status: RunStatus }[]>`
    with given as (
      select *
      from unnest(
        ${settlements.map((settlement) => settlement.runId)}::uuid[],
        ${settlements.map((settlement) => settlement.leaseToken)}::uuid[],
        ${settlements.map((settlement) => settlement.status)}::text[],
        ${settlements.map((settlement) => settlement.delayMs)}::float8[],
        ${settlements.map((settlement) => (settlement.givesAttemptBack ? 1 : 0))}::int[],
        ${settlements.map((settlement) => settlement.result)}::text[],
        ${settlements.map((settlement) => settlement.reason)}::text[],
        ${errors.map((error) => error?.class ?? null)}::text[],
        ${errors.map((error) => error?.code ?? null)}::text[],
        ${errors.map((error) => error?.message ?? null)}::text[],
        -- As text: postgres.js knows no arrays of booleans.
        ${errors.map((error) => error?.isRetryable.toString() ?? null)}::text[]
      ) as given (
        id, lease_token, status, delay_ms, attempts_back, result, reason,
        error_class, error_code, error_message, error_retryable
      )
    ),
    settled as (
      update job_runs
      set
        status = case
          when job_runs.cancel_requested_at is not null and given.status in ('queued', 'retrying', 'held')
          then 'cancelled'
          else given.status
        end,
        delivery = job_runs.delivery + (given.status in ('queued', 'retrying'))::int,
        attempt = job_runs.attempt - given.attempts_back,
        snoozes = job_runs.snoozes + given.attempts_back,
        available_at = case
          when given.status in ('queued', 'retrying')
          then clock_timestamp() + given.delay_ms * interval '1 ms'
          else job_runs.available_at
        end,
        finished_at = case
          when given.status in ('queued', 'retrying', 'held') and job_runs.cancel_requested_at is null
          then null
          else clock_timestamp()
        end,
        lease_expires_at = null,
        result = given.result::jsonb,
        reason = given.reason,
        error_class = given.error_class,
        error_code = given.error_code,
        error_message = given.error_message,
        error_retryable = given.error_retryable::boolean
      from given
      where job_runs.id = given.id
        and job_runs.lease_token = given.lease_token
        and job_runs.lease_expires_at is not null
      returning
        job_runs.id, job_runs.company_id, job_runs.job, job_runs.queue, job_runs.delivery,
        job_runs.status, job_runs.starts, job_runs.started_at, job_runs.worker,
        job_runs.available_at, given.delay_ms, job_runs.error_class, job_runs.error_code,
        job_runs.error_message
    ),
    fed as (
      insert into run_feed (run_id, delivery, queue, company_id, state, available_at)
      select
        id, delivery, queue, coalesce(company_id, 0),
        case when delay_ms > 0 then 'later' else 'waiting' end, available_at
      from settled
      where status in ('queued', 'retrying')
    ),
    attempted as (
      insert into run_attempts (
        run_id, start_number, started_at, worker, outcome, error_class, error_code, error_message
      )
      select id, starts, started_at, worker, status, error_class, error_code, error_message
      from settled
      where error_class is not null
      on conflict do nothing
    ),
    raised as (
      insert into attention_items (company_id, kind, key, title, detail, run_id)
      select distinct on (companies.id, job)
        companies.id, 'run.dead', job, job || ' failed for good', error_class || ': ' || error_message,
        settled.id
      from settled
      -- The ledger may know a company that is gone.
      left join companies on companies.id = settled.company_id
      where settled.status = 'dead'
      order by companies.id, job, settled.id desc
      on conflict (coalesce(company_id, 0), kind, key) where resolved_at is null
      do update set detail = excluded.detail, run_id = excluded.run_id
    ),
    told as (
      select pg_notify('run_changed', id::text) from settled where id in (select run_id from run_watches)
      union all
      select pg_notify('run_feed', '') from settled where status in ('queued', 'retrying')
    )
    select settled.id, settled.status from settled, (select count(*) from told) as once
  `;
}

/** Of the given runs, those that were settled under their token: the answer to it was lost. */
export async function findSettledRuns(
  sql: Sql,
  leases: readonly { runId: string; leaseToken: string }[],
): Promise<{ id: string; status: RunStatus }[]> {
  return await sql<{ id: string; status: RunStatus }[]>`
    select job_runs.id, job_runs.status
    from unnest(
      ${leases.map((lease) => lease.runId)}::uuid[],
      ${leases.map((lease) => lease.leaseToken)}::uuid[]
    ) as given (id, lease_token)
    join job_runs on job_runs.id = given.id and job_runs.lease_token = given.lease_token
    where job_runs.status <> 'running'
  `;
}
