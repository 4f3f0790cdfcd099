import type { LocalDate } from "../billing/dates.ts";
import type { Sql, Tx } from "./client.ts";
import { timeEntryColumns, type TimeEntryFields, type TimeEntryRow } from "./time-entries.ts";

/** Whose timer: everybody has one in each company. */
export interface TimerKey {
  companyId: number;
  userId: number;
}

export async function findRunningTimer(
  sql: Sql | Tx,
  { companyId, userId }: TimerKey,
): Promise<TimeEntryRow | undefined> {
  const [row] = await sql<TimeEntryRow[]>`
    select ${timeEntryColumns(sql)}
    from time_entries
    where company_id = ${companyId} and user_id = ${userId} and is_running and deleted_at is null
  `;
  return row;
}

/** Starting, stopping and discarding of one person are done one after the other. */
export async function lockTimerOwner(tx: Tx, { companyId, userId }: TimerKey): Promise<void> {
  await tx`
    select from company_members
    where company_id = ${companyId} and user_id = ${userId}
    for no key update
  `;
}

/** The same for everybody whose timer is among these entries, in one order. */
export async function lockOwnersOfTimers(
  tx: Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<void> {
  await tx`
    select from company_members
    where company_id = ${companyId} and user_id in (
      select user_id from time_entries
      where company_id = ${companyId} and id = any(${[...ids]}::int8[])
        and is_running and deleted_at is null
    )
    order by user_id
    for no key update
  `;
}

/** Those of locked entries that run. */
export async function listRunningAmong(
  tx: Tx,
  { companyId, ids }: { companyId: number; ids: readonly number[] },
): Promise<TimeEntryRow[]> {
  return await tx<TimeEntryRow[]>`
    select ${timeEntryColumns(tx)}
    from time_entries
    where company_id = ${companyId} and id = any(${[...ids]}::int8[])
      and is_running and deleted_at is null
    order by id
  `;
}

export async function insertTimer(
  tx: Tx,
  timer: TimerKey &
    Omit<TimeEntryFields, "date" | "duration" | "isBilled"> & { date: LocalDate; now: Date },
): Promise<TimeEntryRow> {
  const { now, ...fields } = timer;
  const [row] = await tx<TimeEntryRow[]>`
    insert into time_entries ${tx({
      ...fields,
      startedAt: now,
      isRunning: true,
      createdAt: now,
      updatedAt: now,
    })}
    returning ${timeEntryColumns(tx)}
  `;
  if (row === undefined) throw new Error("the timer was not inserted");
  return row;
}

/** Ends a running timer. `endedAt` is the company's clock, never before the start. */
export async function stopTimerRow(
  tx: Tx,
  {
    companyId,
    id,
    duration,
    endedAt,
  }: { companyId: number; id: number; duration: number; endedAt: Date },
): Promise<TimeEntryRow> {
  const [row] = await tx<TimeEntryRow[]>`
    update time_entries
    set is_running = false, ended_at = ${endedAt}, duration = ${duration}, updated_at = ${endedAt}
    where company_id = ${companyId} and id = ${id} and is_running and deleted_at is null
    returning ${timeEntryColumns(tx)}
  `;
  if (row === undefined) throw new Error(`timer ${id} does not run`);
  return row;
}

/** Nothing stays of a timer that was never stopped. Returns the id of the one that ran. */
export async function deleteRunningTimer(
  tx: Tx,
  { companyId, userId }: TimerKey,
): Promise<number | undefined> {
  const [row] = await tx<{ id: number }[]>`
    delete from time_entries
    where company_id = ${companyId} and user_id = ${userId} and is_running and deleted_at is null
    returning id
  `;
  return row?.id;
}
