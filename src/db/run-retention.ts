import type { Sql } from "./client.ts";
import type { RunStatus } from "./run-ledger.ts";

/**
 * Makes the partition of the month `instant` lies in. False when it is there.
 *
 * @throws PostgresError 55P03 when others were in the way for 2 seconds: to be tried again
 */
export async function createRunPartition(sql: Sql, instant: Date): Promise<boolean> {
  return await sql.begin(async (tx) => {
    await tx`set local lock_timeout = '2s'`;
    const [row] = await tx<{ isNew: boolean }[]>`select create_run_partition(${instant}) as is_new`;
    return row?.isNew ?? false;
  });
}

/**
 * Drops the empty partitions of months before the one `instant` lies in. Returns how many.
 *
 * @throws PostgresError 55P03 as above
 */
export async function dropEmptyRunPartitions(sql: Sql, instant: Date): Promise<number> {
  return await sql.begin(async (tx) => {
    await tx`set local lock_timeout = '2s'`;
    const [row] = await tx<{ count: number }[]>`
      select drop_empty_run_partitions(${instant}) as count
    `;
    return row?.count ?? 0;
  });
}

/** Removes ended runs made before `before`, with what was noted about them, at most `limit` at once. */
export async function pruneRuns(
  sql: Sql,
  { statuses, before, limit }: { statuses: readonly RunStatus[]; before: Date; limit: number },
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with old as (
      select id from job_runs
      where id < run_id_floor(${before}) and status = any(${statuses}::text[])
      order by id
      limit ${limit}
      for update skip locked
    ),
    notes as (delete from run_attempts using old where run_attempts.run_id = old.id),
    lines as (delete from run_logs using old where run_logs.run_id = old.id),
    pruned as (
      delete from job_runs using old where job_runs.id = old.id returning job_runs.id
    )
    select count(*)::int as count from pruned
  `;
  return row?.count ?? 0;
}

/** Removes keys of runs made before `before` that are gone; their work could then be asked for again. */
export async function pruneRunKeys(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    with old as (
      select job, key from run_keys
      where run_id < run_id_floor(${before})
        and not exists (select from job_runs where job_runs.id = run_keys.run_id)
      order by run_id
      limit ${limit}
    ),
    pruned as (
      delete from run_keys using old
      where run_keys.job = old.job and run_keys.key = old.key
      returning run_keys.run_id
    )
    select count(*)::int as count from pruned
  `;
  return row?.count ?? 0;
}
