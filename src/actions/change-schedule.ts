import { plannedDays, type PlannedTime } from "../billing/planned-days.ts";
import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import {
  insertScheduleEntry,
  lockScheduleEntry,
  markScheduleEntryDeleted,
  updateScheduleRow,
  type ScheduleEntryRow,
  type ScheduleFields,
} from "../db/schedule-entries.ts";
import { InvalidInput, NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { assignWork } from "./assign-work.ts";

/** Who plans. */
export interface Planning extends Acting {
  /** When, on the machine's clock: a calendar's time is compared with it. */
  changedAt: Date;
}

/** What is left out stays as it is; a client left out is the project's. */
export interface ScheduleChanges {
  userId?: number | null | undefined;
  clientId?: number | null | undefined;
  projectId?: number | null | undefined;
  title?: string | undefined;
  notes?: string | null | undefined;
  location?: string | null | undefined;
  /** An instant, or a day of which the entry takes the whole. */
  start?: Date | string | undefined;
  /** As `start`; a day is the last one, included. */
  end?: Date | string | undefined;
  timezone?: string | undefined;
}

export type NewSchedule = ScheduleChanges & { title: string };

/** What a calendar shows of an entry. */
export type ShownFields = Pick<
  ScheduleFields,
  "title" | "notes" | "location" | "startsAt" | "endsAt" | "startDate" | "endDate" | "timezone"
>;

/** Plans work. Throws `InvalidInput` for what does not fit. */
export async function planWork(
  tx: Tx,
  by: Planning,
  { timezone = by.company.timezone, ...input }: NewSchedule,
): Promise<ScheduleEntryRow> {
  const { assignment } = await assignWork(tx, by, input);
  const entry = await insertScheduleEntry(
    tx,
    { companyId: by.company.id, source: "api", changedAt: by.changedAt, now: by.now },
    {
      ...assignment,
      title: input.title,
      notes: input.notes ?? null,
      location: input.location ?? null,
      ...timesOf(input, timezone),
      timezone,
    },
  );
  await recordScheduleEvent(tx, by, "schedule_entry.created", entry);
  return entry;
}

/** The entry, locked. Throws `NotFound`. */
export async function lockPlannedWork(
  tx: Tx,
  key: { companyId: number; id: number },
): Promise<ScheduleEntryRow> {
  const entry = await lockScheduleEntry(tx, key);
  if (entry === undefined || entry.deletedAt !== null) throw new NotFound("Schedule entry");
  return entry;
}

/**
 * Changes a locked entry; what is left out stays. Nothing is written, and no event left, when all is
 * said to be as it is. Throws `InvalidInput` for what does not fit.
 */
export async function changePlannedWork(
  tx: Tx,
  by: Planning,
  entry: ScheduleEntryRow,
  changes: ScheduleChanges,
): Promise<ScheduleEntryRow> {
  const { title = entry.title, timezone = entry.timezone } = changes;
  const times =
    changes.start === undefined && changes.end === undefined && changes.timezone === undefined
      ? entry
      : timesOf(
          {
            start: changes.start ?? entry.startsAt ?? entry.startDate,
            end: changes.end ?? entry.endsAt ?? entry.endDate,
          },
          timezone,
        );
  const { assignment } = await assignWork(tx, by, changes, entry);
  const fields: ScheduleFields = {
    ...assignment,
    title,
    notes: changes.notes === undefined ? entry.notes : changes.notes,
    location: changes.location === undefined ? entry.location : changes.location,
    startsAt: times.startsAt,
    endsAt: times.endsAt,
    startDate: times.startDate,
    endDate: times.endDate,
    timezone,
  };
  if (!isChanged(entry, fields)) return entry;
  const { companyId, ...when } = { companyId: by.company.id, changedAt: by.changedAt, now: by.now };
  const updated = await updateScheduleRow(tx, { companyId, id: entry.id, ...when }, fields);
  await recordScheduleEvent(tx, by, "schedule_entry.updated", updated);
  return updated;
}

/** Takes a locked entry out of the schedule. */
export async function cancelPlannedWork(
  tx: Tx,
  by: Planning,
  entry: ScheduleEntryRow,
): Promise<ScheduleEntryRow> {
  const { company, changedAt, now } = by;
  const key = { companyId: company.id, id: entry.id, changedAt, now };
  const deleted = await markScheduleEntryDeleted(tx, key);
  await recordScheduleEvent(tx, by, "schedule_entry.deleted", deleted);
  return deleted;
}

/** Whether an entry would be another one with these fields. */
function isChanged(entry: ScheduleEntryRow, fields: Readonly<Partial<ScheduleFields>>): boolean {
  return Object.entries(fields).some(([name, value]) => {
    const before = entry[name as keyof ScheduleFields]; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the keys of that type
    return value instanceof Date && before instanceof Date
      ? value.getTime() !== before.getTime()
      : value !== before;
  });
}

/** Leaves an event about an entry. `more` are further facts. */
export async function recordScheduleEvent(
  tx: Tx,
  { company, causerId, now }: Acting,
  type: string,
  entry: ScheduleEntryRow,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvent(tx, {
    companyId: company.id,
    type,
    subjectType: "schedule-entry",
    subjectId: entry.id,
    causerId,
    occurredAt: now,
    payload: {
      user_id: entry.userId,
      client_id: entry.clientId,
      project_id: entry.projectId,
      ...shownFacts(entry),
      ...more,
    },
  });
}

/** What a calendar shows of an entry, as events tell it. Notes are left out: they may be long. */
export function shownFacts(entry: Omit<ShownFields, "notes">): Record<string, string | null> {
  return {
    title: entry.title,
    location: entry.location,
    starts_at: entry.startsAt?.toISOString() ?? entry.startDate,
    ends_at: entry.endsAt?.toISOString() ?? entry.endDate,
    timezone: entry.timezone,
  };
}

/** The columns that say when. Throws `InvalidInput` for a mixture, and for an end before the start. */
function timesOf(
  { start, end }: Pick<ScheduleChanges, "start" | "end">,
  timezone: string,
): Pick<ScheduleFields, "startsAt" | "endsAt" | "startDate" | "endDate"> {
  if (start === undefined) throw new InvalidInput({ starts_at: ["This field is required."] });
  if (end === undefined) throw new InvalidInput({ ends_at: ["This field is required."] });
  const time = plannedTime(start, end);
  if (time === undefined) {
    throw new InvalidInput({
      ends_at: ["starts_at and ends_at must both be instants, or both be dates."],
    });
  }
  if (end < start) throw new InvalidInput({ ends_at: ["Must not be before starts_at."] });
  return { startsAt: null, endsAt: null, ...time, ...plannedDays(time, timezone) };
}

function plannedTime(start: Date | string, end: Date | string): PlannedTime | undefined {
  if (start instanceof Date)
    return end instanceof Date ? { startsAt: start, endsAt: end } : undefined;
  return end instanceof Date ? undefined : { startDate: start, endDate: end };
}
