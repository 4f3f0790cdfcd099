import { pendingApproval } from "../billing/approvals.ts";
import type { Tx } from "../db/client.ts";
import {
  lockTimeEntries,
  markTimeEntriesDeleted,
  updateTimeEntryRow,
  type TimeEntryFields,
  type TimeEntryRow,
} from "../db/time-entries.ts";
import { Conflict, NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordTimeApprovalWithdrawn } from "./approve-time.ts";
import { completeWork, type Work } from "./complete-work.ts";
import { checkAmount, type TimeChanges } from "./log-time.ts";
import { recordTimeEvents } from "./time-events.ts";

/** The entry, locked. Throws `NotFound`. */
export async function lockTimeEntry(
  tx: Tx,
  key: { companyId: number; id: number },
): Promise<TimeEntryRow> {
  const [entry] = await lockTimeEntries(tx, { companyId: key.companyId, ids: [key.id] });
  if (entry === undefined) throw new NotFound("Time entry");
  return entry;
}

/**
 * Changes a locked entry; what is left out stays. A rate of null is resolved anew; so is one that nobody
 * had said, when the entry is of another project, service or task. An entry that an invoice bills only
 * takes other notes: its line is what the client was told. Where all is so already, nothing is written
 * and no event tells of it. What was decided about the work holds no longer when the work is another.
 *
 * @throws Conflict for anything but notes of a billed entry, and for the day or duration of a running timer
 * @throws InvalidInput for wrong values
 */
export async function updateTimeEntry(
  tx: Tx,
  by: Acting,
  entry: TimeEntryRow,
  changes: TimeChanges,
): Promise<TimeEntryRow> {
  const projectId = changes.projectId === undefined ? entry.projectId : changes.projectId;
  const [work] = await completeWork(tx, by.company, {
    userId: entry.userId,
    works: [
      {
        // Another project brings its own client, unless the request says one.
        clientId:
          changes.clientId === undefined && projectId === entry.projectId
            ? entry.clientId
            : changes.clientId,
        projectId,
        serviceId: changes.serviceId === undefined ? entry.serviceId : changes.serviceId,
        taskId: changes.taskId === undefined ? entry.taskId : changes.taskId,
        isBillable: changes.isBillable ?? entry.isBillable,
        hourlyRate: changes.hourlyRate === undefined ? entry.hourlyRate : changes.hourlyRate,
      },
    ],
    stored: entry,
    fieldOf: (_index, field) => field,
  });
  const keepsRate =
    changes.hourlyRate === undefined && rateFollows.every((name) => work![name] === entry[name]);
  const fields = {
    ...work!,
    ...(keepsRate ? { hourlyRate: entry.hourlyRate } : {}),
    date: changes.date ?? entry.date,
    duration: changes.duration ?? entry.duration,
    isBilled: changes.isBilled ?? entry.isBilled,
    notes: changes.notes === undefined ? entry.notes : changes.notes,
  };
  const changed = factsOfEntry.filter((name) => fields[name] !== entry[name]);
  if (changed.length === 0 && fields.notes === entry.notes) return entry;
  if (changed.length > 0) refuseBilled(entry);
  if (entry.isRunning && changed.some((name) => notOfTimers.has(name))) {
    throw new Conflict(
      "This timer is running; stop it before its day, time or billing is changed.",
    );
  }
  checkAmount(fields, "hourly_rate");
  const key = { companyId: by.company.id, id: entry.id, now: by.now };
  const isOther = changed.some((name) => name !== "isBilled");
  const updated = await updateTimeEntryRow(tx, key, fields, isOther ? pendingApproval : undefined);
  await recordTimeEvents(tx, by, "time_entry.updated", [updated]);
  await recordTimeApprovalWithdrawn(tx, by, entry, updated);
  return updated;
}

/**
 * Deletes locked entries. Throws `Conflict` when an invoice bills one: voiding or deleting the invoice,
 * or deleting the line, frees it.
 */
export async function deleteTimeEntries(
  tx: Tx,
  by: Acting,
  entries: readonly TimeEntryRow[],
): Promise<void> {
  entries.forEach(refuseBilled);
  const ids = entries.map((entry) => entry.id);
  await markTimeEntriesDeleted(tx, { companyId: by.company.id, ids, now: by.now });
  await recordTimeEvents(tx, by, "time_entry.deleted", entries);
}

/** All but the notes. */
const factsOfEntry = [
  "clientId",
  "projectId",
  "serviceId",
  "taskId",
  "date",
  "duration",
  "isBillable",
  "isBilled",
  "hourlyRate",
] as const satisfies readonly (keyof TimeEntryFields)[];

/** What a rate is resolved by. */
const rateFollows = ["projectId", "serviceId", "taskId"] as const satisfies readonly (keyof Work)[];

const notOfTimers: ReadonlySet<keyof TimeEntryFields> = new Set(["date", "duration", "isBilled"]);

function refuseBilled({ id, invoiceId }: TimeEntryRow): void {
  if (invoiceId === null) return;
  throw new Conflict(
    `Time entry ${id} is billed on invoice ${invoiceId}; take it off that invoice first.`,
    { code: "time_entry_billed" },
  );
}
