import type { Sql, Tx } from "./client.ts";

/** A job that starts by itself: by a cron rule (UTC) or every so many milliseconds. */
export interface ScheduleRow {
  name: string;
  job: string;
  cron: string | null;
  everyMs: number | null;
  isPaused: boolean;
  lastTickAt: Date | null;
  lastRunId: string | null;
  nextTickAt: Date;
  missedCount: number;
  lastMissedAt: Date | null;
}

/** A schedule as its job declares it. */
export interface DeclaredSchedule {
  name: string;
  job: string;
  cron: string | null;
  everyMs: number | null;
  /** Used when it is new or its rhythm has changed. */
  nextTickAt: Date;
}

/** Makes the rows what the jobs declare. A pause and the next tick survive; a changed rhythm starts anew. */
export async function syncSchedules(tx: Tx, declared: readonly DeclaredSchedule[]): Promise<void> {
  await tx`
    insert into schedules (name, job, cron, every_ms, next_tick_at)
    select *
    from unnest(
      ${declared.map((schedule) => schedule.name)}::text[],
      ${declared.map((schedule) => schedule.job)}::text[],
      ${declared.map((schedule) => schedule.cron)}::text[],
      ${declared.map((schedule) => schedule.everyMs)}::bigint[],
      ${declared.map((schedule) => schedule.nextTickAt.toISOString())}::timestamptz[]
    )
    order by 1
    on conflict (name) do update
    set
      job = excluded.job,
      cron = excluded.cron,
      every_ms = excluded.every_ms,
      next_tick_at = excluded.next_tick_at
    where (schedules.job, schedules.cron, schedules.every_ms)
      is distinct from (excluded.job, excluded.cron, excluded.every_ms)
  `;
  await tx`delete from schedules where name <> all(${declared.map(({ name }) => name)}::text[])`;
}

/** Locks the schedules whose tick has come; those another process is at are left to it. */
export async function claimDueSchedules(tx: Tx, now: Date): Promise<ScheduleRow[]> {
  return await tx<ScheduleRow[]>`
    select
      name, job, cron, every_ms::float8 as every_ms, is_paused, last_tick_at, last_run_id,
      next_tick_at, missed_count, last_missed_at
    from schedules
    where next_tick_at <= ${now} and not is_paused
    order by name
    for update skip locked
  `;
}

/** Records that a schedule ticked and what became of it. */
export async function recordTick(
  tx: Tx,
  tick: { name: string; tickAt: Date; nextTickAt: Date; runId: string; missedAt: Date | null },
): Promise<void> {
  await tx`
    update schedules
    set
      last_tick_at = ${tick.tickAt},
      last_run_id = ${tick.runId},
      next_tick_at = ${tick.nextTickAt},
      missed_count = missed_count + ${tick.missedAt === null ? 0 : 1},
      last_missed_at = coalesce(${tick.missedAt}::timestamptz, last_missed_at)
    where name = ${tick.name}
  `;
}

/** All schedules, by name. */
export async function listSchedules(sql: Sql): Promise<ScheduleRow[]> {
  return await sql<ScheduleRow[]>`
    select
      name, job, cron, every_ms::float8 as every_ms, is_paused, last_tick_at, last_run_id,
      next_tick_at, missed_count, last_missed_at
    from schedules
    order by name
  `;
}

/**
 * Pauses a schedule, or lets it go on with the tick after `nextTickAt`. False when there is none of
 * this name. What it missed while paused is not made up for: a tick only asks the database what is due.
 */
export async function setSchedulePaused(
  sql: Sql | Tx,
  name: string,
  change: { isPaused: true } | { isPaused: false; nextTickAt: Date },
): Promise<boolean> {
  const rows = await sql<{ name: string }[]>`
    update schedules
    set
      is_paused = ${change.isPaused},
      next_tick_at = ${change.isPaused ? sql`next_tick_at` : change.nextTickAt}
    where name = ${name}
    returning name
  `;
  return rows.length > 0;
}
