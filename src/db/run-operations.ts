import { Conflict, NotFound } from "../errors.ts";
import type { Sql, Tx } from "./client.ts";
import { findRun, matches, type RunFilter } from "./runs.ts";
import type { RunStatus } from "./run-ledger.ts";

/** What an operator may start again. What succeeded never runs again. */
const REDRIVABLE: readonly RunStatus[] = ["dead", "cancelled", "held"];

/**
 * Starts a dead, cancelled or held run again, with all its attempts; what it went through stays on
 * record.
 *
 * @throws NotFound when there is no such run
 * @throws Conflict when it is in a state in which there is nothing to start again
 */
export async function retryRun(tx: Tx, runId: string): Promise<void> {
  if ((await redrive(tx, [runId], { perSecond: null })) === 1) return;
  const run = await findRun(tx, { id: runId });
  if (run === undefined) throw new NotFound("Run");
  throw new Conflict(`A run that is ${run.status} cannot be retried.`, {
    code: "run_not_retryable",
  });
}

/** How many runs `redriveRuns` would start again, counted up to `max`. */
export async function countRedrivable(sql: Sql, filter: RunFilter, max = 100_000): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from (
      select from job_runs
      where ${matches(sql, filter)} and status in ${sql(REDRIVABLE)}
      limit ${max}
    ) as matching
  `;
  return row?.count ?? 0;
}

/**
 * Starts the dead, cancelled and held runs of a selection again, oldest first and no faster than
 * `perSecond`, so that whatever they failed on is not overrun. Returns how many, at most `limit`.
 */
export async function redriveRuns(
  sql: Sql,
  filter: RunFilter,
  { perSecond, limit }: { perSecond: number; limit: number },
): Promise<number> {
  const chosen = await sql<{ id: string }[]>`
    select id from job_runs
    where ${matches(sql, filter)} and status in ${sql(REDRIVABLE)}
    order by id
    limit ${limit}
  `;
  let redriven = 0;
  for (let start = 0; start < chosen.length; start += 1_000) {
    const ids = chosen.slice(start, start + 1_000).map((run) => run.id);
    redriven += await sql.begin((tx) => redrive(tx, ids, { perSecond, startAt: start }));
  }
  return redriven;
}

/**
 * Holds a company's waiting runs that need a provider, because it cannot be reached any more. What runs
 * already finds out by itself. Returns how many.
 */
export async function holdRuns(
  tx: Tx,
  { companyId, provider, reason }: { companyId: number; provider: string; reason: string },
): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    with held as (
      update job_runs
      set status = 'held', reason = ${reason}
      where company_id = ${companyId} and provider = ${provider}
        and status in ('queued', 'retrying')
      returning id
    ),
    unfed as (
      delete from run_feed using held where run_feed.run_id = held.id
    ),
    told as (
      select pg_notify('run_changed', id::text) from held where id in (select run_id from run_watches)
    )
    select count(*)::int as count from held, (select count(*) from told) as once
  `;
  return row?.count ?? 0;
}

/** How many runs of a company wait for each provider. */
export async function countHeldByProvider(
  sql: Sql,
  companyId: number,
): Promise<Map<string, number>> {
  const rows = await sql<{ provider: string; count: number }[]>`
    select provider, count(*)::int as count from job_runs
    where company_id = ${companyId} and provider is not null and status = 'held'
    group by provider
  `;
  return new Map(rows.map((row) => [row.provider, row.count]));
}

/** Lets a company's held runs go on, because what they waited for is there. Returns how many. */
export async function releaseHeld(
  tx: Tx,
  companyId: number,
  filter: Pick<RunFilter, "job" | "queue" | "provider"> = {},
): Promise<number> {
  const held = await tx<{ id: string }[]>`
    select id from job_runs
    where ${matches(tx, { ...filter, companyId, statuses: ["held"] })}
    order by id
  `;
  return await redrive(
    tx,
    held.map((run) => run.id),
    { perSecond: null },
  );
}

/** @param startAt how many of the same pace were redriven before these */
async function redrive(
  tx: Tx,
  ids: readonly string[],
  { perSecond, startAt = 0 }: { perSecond: number | null; startAt?: number },
): Promise<number> {
  const stepMs = perSecond === null ? 0 : 1_000 / perSecond;
  const rows = await tx<{ id: string }[]>`
    with given as (
      select id, (position - 1 + ${startAt}::int) * ${stepMs}::float8 as delay_ms
      from unnest(${ids}::uuid[]) with ordinality as given (id, position)
    ),
    redriven as (
      update job_runs
      set
        status = 'queued',
        delivery = delivery + 1,
        attempt = 0,
        crashes = 0,
        redrives = redrives + 1,
        available_at = clock_timestamp() + given.delay_ms * interval '1 ms',
        finished_at = null,
        cancel_requested_at = null,
        reason = null
      from given
      where job_runs.id = given.id and job_runs.status in ${tx(REDRIVABLE)}
      returning
        job_runs.id, job_runs.company_id, job_runs.job, job_runs.queue, job_runs.delivery,
        job_runs.available_at, given.delay_ms
    ),
    fed as (
      insert into run_feed (run_id, delivery, queue, company_id, state, available_at)
      select
        id, delivery, queue, coalesce(company_id, 0),
        case when delay_ms > 0 then 'later' else 'waiting' end, available_at
      from redriven
      order by id
    ),
    told as (
      select pg_notify('run_changed', id::text), pg_notify('run_feed', '') from redriven
    )
    select redriven.id from redriven, (select count(*) from told) as once
  `;
  await settleDeadItems(tx, ids);
  return rows.length;
}

/** The items of jobs of which no dead run is left are done with. */
async function settleDeadItems(tx: Tx, runIds: readonly string[]): Promise<void> {
  await tx`
    update attention_items
    set resolved_at = now(), resolution = 'retried'
    where kind = 'run.dead'
      and resolved_at is null
      and (coalesce(company_id, 0), key) in (
        select coalesce(companies.id, 0), job_runs.job
        from job_runs
        left join companies on companies.id = job_runs.company_id
        where job_runs.id = any(${runIds}::uuid[])
      )
      and not exists (
        select from job_runs
        where job_runs.status = 'dead'
          and job_runs.job = attention_items.key
          and (
            job_runs.company_id = attention_items.company_id
            or attention_items.company_id is null
          )
      )
  `;
}

/**
 * Cancels a run: at once when it does not run, else its worker is told and the job stops before its
 * next effect. Answers what it is now; `running` means that it was asked to stop.
 *
 * @throws NotFound when there is no such run
 * @throws Conflict when it is over
 */
export async function cancelRun(tx: Tx, runId: string, reason: string): Promise<RunStatus> {
  const [row] = await tx<{ status: RunStatus }[]>`
    with cancelled as (
      update job_runs
      set
        status = case when status = 'running' then 'running' else 'cancelled' end,
        cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
        finished_at = case when status = 'running' then null else clock_timestamp() end,
        reason = ${reason}
      where id = ${runId} and status in ('queued', 'retrying', 'held', 'running')
      returning id, status
    ),
    unfed as (
      delete from run_feed using cancelled
      where run_feed.run_id = cancelled.id and cancelled.status = 'cancelled'
    ),
    told as (
      select
        pg_notify('run_changed', id::text),
        case when status = 'running' then pg_notify('run_cancel', id::text) end
      from cancelled
    )
    select cancelled.status from cancelled, (select count(*) from told) as once
  `;
  if (row !== undefined) return row.status;
  const run = await findRun(tx, { id: runId });
  if (run === undefined) throw new NotFound("Run");
  throw new Conflict(`A run that is ${run.status} cannot be cancelled.`, { code: "run_is_over" });
}
