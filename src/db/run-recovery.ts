import type { Sql } from "./client.ts";
import type { RunStatus } from "./run-ledger.ts";

/**
 * Takes runs from workers that stopped renewing their lease: they are delivered again, or declared
 * dead when they have taken down so many workers that they themselves are the likely cause.
 */
export async function reclaimExpiredRuns(
  sql: Sql,
  { crashesMax, limit }: { crashesMax: number; limit: number },
): Promise<{ id: string; job: string; status: RunStatus }[]> {
  return await sql<{ id: string; job: string; status: RunStatus }[]>`
    with expired as (
      select id, started_at, starts, worker
      from job_runs
      where status = 'running' and lease_expires_at < clock_timestamp()
      order by id
      limit ${limit}
      for update skip locked
    ),
    reclaimed as (
      update job_runs
      set
        status = case
          when cancel_requested_at is not null then 'cancelled'
          when crashes + 1 >= ${crashesMax} then 'dead'
          else 'queued'
        end,
        crashes = crashes + 1,
        delivery = delivery + 1,
        available_at = clock_timestamp(),
        lease_token = null,
        lease_expires_at = null,
        finished_at = case
          when cancel_requested_at is not null or crashes + 1 >= ${crashesMax} then clock_timestamp()
        end,
        error_class = 'WorkerDied',
        error_code = 'worker_died',
        error_message = format(
          'worker died %s %s', crashes + 1, case when crashes = 0 then 'time' else 'times' end
        ),
        error_retryable = crashes + 1 < ${crashesMax}
      from expired
      where job_runs.id = expired.id
      returning
        job_runs.id, job_runs.company_id, job_runs.job, job_runs.queue, job_runs.delivery,
        job_runs.status, job_runs.available_at, job_runs.error_class, job_runs.error_code,
        job_runs.error_message, expired.started_at, expired.starts, expired.worker
    ),
    fed as (
      insert into run_feed (run_id, delivery, queue, company_id, state, available_at)
      select id, delivery, queue, coalesce(company_id, 0), 'waiting', available_at
      from reclaimed
      where status = 'queued'
    ),
    attempted as (
      insert into run_attempts (
        run_id, start_number, started_at, worker, outcome, error_class, error_code, error_message
      )
      select id, starts, started_at, worker, 'crashed', error_class, error_code, error_message
      from reclaimed
      on conflict do nothing
    ),
    raised as (
      insert into attention_items (company_id, kind, key, title, detail, run_id)
      select distinct on (companies.id, job)
        companies.id, 'run.dead', job, job || ' failed for good', error_message, reclaimed.id
      from reclaimed
      left join companies on companies.id = reclaimed.company_id
      where reclaimed.status = 'dead'
      order by companies.id, job, reclaimed.id desc
      on conflict (coalesce(company_id, 0), kind, key) where resolved_at is null
      do update set detail = excluded.detail, run_id = excluded.run_id
    ),
    told as (
      select pg_notify('run_changed', id::text), pg_notify('run_feed', '') from reclaimed
    )
    select reclaimed.id, reclaimed.job, reclaimed.status
    from reclaimed, (select count(*) from told) as once
  `;
}

/** A run that was given to its queue and has not started since. */
export interface HandedRun {
  runId: string;
  delivery: number;
  queue: string;
}

/** Runs the queue has had for longer than `olderThanMs` and that did not start. */
export async function findHandedRuns(
  sql: Sql,
  { olderThanMs, limit }: { olderThanMs: number; limit: number },
): Promise<HandedRun[]> {
  return await sql<HandedRun[]>`
    select run_id, delivery, queue
    from run_feed
    where state = 'handed'
      and handed_at < clock_timestamp() - ${olderThanMs}::float8 * interval '1 ms'
    order by handed_at
    limit ${limit}
  `;
}

/**
 * Delivers runs again that have not started, under a new delivery number: should the lost delivery
 * turn up after all, it is ignored. Returns how many.
 */
export async function redeliver(
  sql: Sql,
  runs: readonly { runId: string; delivery: number }[],
): Promise<number> {
  const sorted = runs.toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
  const rows = await sql<{ id: string }[]>`
    with lost as (
      update job_runs
      set delivery = job_runs.delivery + 1
      from unnest(
        ${sorted.map((run) => run.runId)}::uuid[],
        ${sorted.map((run) => run.delivery)}::int[]
      ) as given (run_id, delivery)
      where job_runs.id = given.run_id
        and job_runs.delivery = given.delivery
        and job_runs.status not in ('running', 'succeeded', 'skipped', 'dead', 'cancelled', 'held')
      returning job_runs.id, job_runs.delivery
    ),
    fed as (
      update run_feed
      set delivery = lost.delivery, state = 'waiting', handed_at = null
      from lost
      where run_feed.run_id = lost.id
    ),
    woken as (
      select pg_notify('run_feed', '') from (select from lost limit 1) as any_lost
    )
    select lost.id from lost, (select count(*) from woken) as once
  `;
  return rows.length;
}

/**
 * Feeds runs that wait but have no feed row, and drops feed rows of runs that do not wait. Neither can
 * come about through our own statements; a restored backup or a hand in the tables can do it.
 */
export async function repairFeed(sql: Sql, limit: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with orphans as (
      select id, delivery, queue, company_id, available_at
      from job_runs
      where status in ('queued', 'retrying')
        and not exists (select from run_feed where run_feed.run_id = job_runs.id)
      limit ${limit}
    ),
    fed as (
      insert into run_feed (run_id, delivery, queue, company_id, state, available_at)
      select id, delivery, queue, coalesce(company_id, 0), 'later', available_at from orphans
      on conflict do nothing
      returning run_id
    ),
    stale as (
      delete from run_feed
      where run_id in (
        select run_feed.run_id
        from run_feed
        left join job_runs on job_runs.id = run_feed.run_id
        where job_runs.status is null or job_runs.status not in ('queued', 'retrying')
        limit ${limit}
      )
      returning run_id
    )
    select (select count(*) from fed)::int + (select count(*) from stale)::int as count
  `;
  return row?.count ?? 0;
}
