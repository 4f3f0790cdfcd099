import type { Tx } from "../db/client.ts";
import type { TimeEntryRow } from "../db/time-entries.ts";
import {
  deleteRunningTimer,
  findRunningTimer,
  insertTimer,
  listRunningAmong,
  lockTimerOwner,
  stopTimerRow,
} from "../db/timers.ts";
import { NotFound } from "../errors.ts";
import { todayOf, type Acting } from "./acting.ts";
import { completeWork, type WorkInput } from "./complete-work.ts";
import { requireFeature } from "./require-plan.ts";
import { recordTimeEvents } from "./time-events.ts";

/** What an int4 of seconds holds: 68 years. */
const DURATION_MAX = 2_147_483_647;

/** Starts a timer of the user; the one that runs is stopped first. The day is that of the start. */
export async function startTimer(
  tx: Tx,
  by: Acting,
  { userId, notes, ...input }: WorkInput & { userId: number; notes: string | null },
): Promise<TimeEntryRow> {
  requireFeature(by.company, "timeTracking");
  const key = { companyId: by.company.id, userId };
  await lockTimerOwner(tx, key);
  const running = await findRunningTimer(tx, key);
  if (running !== undefined) await stop(tx, by, running);
  const [work] = await completeWork(tx, by.company, {
    userId,
    works: [input],
    fieldOf: (_index, field) => field,
  });
  const timer = await insertTimer(tx, { ...key, ...work!, notes, date: todayOf(by), now: by.now });
  await recordTimeEvents(tx, by, "time_entry.started", [timer]);
  return timer;
}

/** Stops the user's timer. Throws `NotFound` when none runs. */
export async function stopTimer(
  tx: Tx,
  by: Acting,
  { userId }: { userId: number },
): Promise<TimeEntryRow> {
  const key = { companyId: by.company.id, userId };
  await lockTimerOwner(tx, key);
  const running = await findRunningTimer(tx, key);
  if (running === undefined) throw new NotFound("Running timer");
  return await stop(tx, by, running);
}

/** Takes the user's timer away as if it had never run. */
export async function discardTimer(
  tx: Tx,
  by: Acting,
  { userId }: { userId: number },
): Promise<void> {
  const key = { companyId: by.company.id, userId };
  await lockTimerOwner(tx, key);
  await deleteRunningTimer(tx, key);
}

/** Stops the timers among locked entries, whoever's they are: what they were for goes away. */
export async function stopTimersAmong(
  tx: Tx,
  by: Acting,
  { ids }: { ids: readonly number[] },
): Promise<void> {
  for (const timer of await listRunningAmong(tx, { companyId: by.company.id, ids })) {
    await stop(tx, by, timer);
  }
}

async function stop(tx: Tx, by: Acting, timer: TimeEntryRow): Promise<TimeEntryRow> {
  const startedAt = timer.startedAt ?? by.now;
  // A company that went to live at a test clock in between may be in its past.
  const endedAt = by.now < startedAt ? startedAt : by.now;
  const seconds = Math.floor((endedAt.getTime() - startedAt.getTime()) / 1000);
  const stopped = await stopTimerRow(tx, {
    companyId: by.company.id,
    id: timer.id,
    duration: Math.min(seconds, DURATION_MAX),
    endedAt,
  });
  await recordTimeEvents(tx, by, "time_entry.created", [stopped]);
  return stopped;
}
