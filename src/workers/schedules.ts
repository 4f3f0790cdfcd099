import type { Sql } from "../db/client.ts";
import {
  claimDueSchedules,
  recordTick,
  syncSchedules,
  type DeclaredSchedule,
  type ScheduleRow,
} from "../db/schedules.ts";
import { inTransaction } from "../db/transaction.ts";
import type { AnyJob } from "../jobs/define-job.ts";
import { nextTick, type Rhythm } from "../queue/cron.ts";
import { enqueue } from "../queue/enqueue.ts";

/** A tick that was executed now. */
export interface Tick {
  name: string;
  runId: string;
  /** By how many milliseconds it came after its time. */
  lateMs: number;
}

/** Makes the rows of `schedules` what the jobs declare. */
export async function declareSchedules(
  sql: Sql,
  jobs: ReadonlyMap<string, AnyJob>,
  now: Date,
): Promise<void> {
  const declared: DeclaredSchedule[] = [...jobs.values()].flatMap(({ name, schedule }) =>
    schedule === undefined
      ? []
      : [
          {
            name,
            job: name,
            cron: "cron" in schedule ? schedule.cron : null,
            everyMs: "everyMs" in schedule ? schedule.everyMs : null,
            nextTickAt: nextTick(schedule, now),
          },
        ],
  );
  await inTransaction(sql, (tx) => syncSchedules(tx, declared));
}

/**
 * Starts a run for each schedule whose tick has come. A tick has one run, whoever rings and however
 * often: its key is the schedule and the instant. Ticks that passed while nobody was there make one run
 * together, for a tick only asks the database what is due.
 *
 * @param lateMs a tick so late counts as missed
 */
export async function tickSchedules(
  sql: Sql,
  jobs: ReadonlyMap<string, AnyJob>,
  { now, lateMs }: { now: Date; lateMs: number },
): Promise<Tick[]> {
  return await inTransaction(sql, async (tx) => {
    const ticks: Tick[] = [];
    for (const schedule of await claimDueSchedules(tx, now)) {
      const job = jobs.get(schedule.job);
      // Declared by a newer version, which runs beside us and will see to it.
      if (job === undefined) continue;
      const late = now.getTime() - schedule.nextTickAt.getTime();
      const run = await enqueue(
        tx,
        job,
        {},
        {
          key: `${schedule.name}/${schedule.nextTickAt.toISOString()}`,
          trigger: { kind: "schedule", id: schedule.name },
        },
      );
      await recordTick(tx, {
        name: schedule.name,
        tickAt: schedule.nextTickAt,
        nextTickAt: nextTick(rhythmOf(schedule), now),
        runId: run.runId,
        missedAt: late >= lateMs ? schedule.nextTickAt : null,
      });
      ticks.push({ name: schedule.name, runId: run.runId, lateMs: late });
    }
    return ticks;
  });
}

function rhythmOf(schedule: Pick<ScheduleRow, "name" | "cron" | "everyMs">): Rhythm {
  if (schedule.cron !== null) return { cron: schedule.cron };
  if (schedule.everyMs !== null) return { everyMs: schedule.everyMs };
  throw new Error(`The schedule ${schedule.name} has no rhythm.`);
}
