import type { Sql, Tx } from "./client.ts";

/**
 * How much of a company's work can still run by itself about now: runs that wait for their turn or
 * run, and events nobody has looked at yet. What waits for a later time, such as a mail server that
 * is down, does not count.
 */
export async function countUnsettledRuns(
  sql: Sql | Tx,
  { companyId, exceptRunId }: { companyId: number; exceptRunId: string },
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select (
      (
        select count(*) from run_feed
        where company_id = ${companyId} and run_id <> ${exceptRunId}
          and (state <> 'later' or available_at <= now() + interval '5 s')
      ) + (
        select count(*) from job_runs
        where status = 'running' and company_id = ${companyId} and id <> ${exceptRunId}
      ) + (
        select count(*) from event_outbox where company_id = ${companyId}
      )
    )::int as count
  `;
  return row?.count ?? 0;
}

/** Whether a run has ended, or does not exist any more. */
export async function isRunSettled(sql: Sql | Tx, runId: string): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    select exists (
      select 1 from job_runs
      where id = ${runId} and status in ('queued', 'running', 'retrying', 'held')
    ) as found
  `;
  return row?.found !== true;
}

/** Brings a company's snoozed runs forward; what waits for another attempt goes on waiting. */
export async function wakeSnoozedRuns(tx: Tx, companyId: number): Promise<void> {
  await tx`
    with woken as (
      update run_feed
      set state = 'waiting', available_at = clock_timestamp()
      from job_runs
      where run_feed.company_id = ${companyId} and run_feed.state = 'later'
        and job_runs.id = run_feed.run_id and job_runs.status = 'queued'
      returning run_feed.run_id
    )
    select pg_notify('run_feed', '') from woken limit 1
  `;
}
