import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import {
  insertTask,
  lockTask,
  reorderTaskRows,
  updateTaskRow,
  type TaskFields,
  type TaskRow,
} from "../db/tasks.ts";
import { InvalidInput, NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { assignWork } from "./assign-work.ts";
import { differences, fieldNames } from "./differences.ts";
import { tagRecord, type TagsInput } from "./tag-record.ts";

/** Undefined leaves a field as it is, or as a new task has it. When it was completed follows from the status. */
export type TaskChanges = {
  [K in Exclude<keyof TaskFields, "completedAt">]?: TaskFields[K] | undefined;
} & { tags?: TagsInput | undefined };

/** Throws `InvalidInput` for a member, client or project that is not there or does not fit the others. */
export async function createTask(
  tx: Tx,
  by: Acting,
  input: TaskChanges & Pick<TaskFields, "summary">,
): Promise<TaskRow> {
  const { assignment, isBillable } = await assignWork(tx, by, input);
  const { status = "open" } = input;
  const task = await insertTask(tx, {
    ...assignment,
    summary: input.summary,
    notes: input.notes ?? null,
    status,
    dueDate: input.dueDate ?? null,
    isBillable: input.isBillable ?? isBillable,
    hourlyRate: input.hourlyRate ?? null,
    completedAt: status === "completed" ? by.now : null,
    isArchived: input.isArchived ?? false,
    companyId: by.company.id,
    now: by.now,
  });
  if (input.tags !== undefined) await tagRecord(tx, by, { kind: "task", id: task.id }, input.tags);
  await recordTaskEvent(tx, by, "task.created", task);
  return task;
}

/** The task, locked. Throws `NotFound`. */
export async function getLockedTask(
  tx: Tx,
  key: { companyId: number; id: number },
): Promise<TaskRow> {
  const task = await lockTask(tx, key);
  if (task === undefined) throw new NotFound("Task");
  return task;
}

/**
 * Changes a locked task; what is left out stays. Time that was worked on it keeps its client, project
 * and rate. Nothing is written, and no event left, when all is so already. Throws as `createTask` does.
 */
export async function updateTask(
  tx: Tx,
  by: Acting,
  task: TaskRow,
  input: TaskChanges,
): Promise<TaskRow> {
  const { assignment } = await assignWork(tx, by, input, task);
  const status = input.status ?? task.status;
  const completedAt = status === "completed" ? (task.completedAt ?? by.now) : null;
  const { changes, changed } = differences(
    task,
    { ...input, ...assignment, completedAt },
    changeable,
  );
  const isTagged =
    input.tags !== undefined &&
    (await tagRecord(tx, by, { kind: "task", id: task.id }, input.tags));
  if (changed.length === 0 && !isTagged) return task;
  const updated = await updateTaskRow(
    tx,
    { companyId: by.company.id, id: task.id, now: by.now },
    changes,
  );
  const names = [...fieldNames(changed), ...(isTagged ? ["tags"] : [])];
  for (const type of eventTypes(task, updated, names)) {
    await recordTaskEvent(tx, by, type, updated, { changed: names });
  }
  return updated;
}

/**
 * Puts tasks in the order given, in the places that they have among them. Throws `InvalidInput` for an
 * id that is no task; then nothing is moved.
 */
export async function reorderTasks(
  tx: Tx,
  by: Acting,
  { ids }: { ids: readonly number[] },
): Promise<{ moved: number }> {
  const rows = await reorderTaskRows(tx, { companyId: by.company.id, ids, now: by.now });
  const found = new Set(rows.map(({ id }) => id));
  const missing = ids.findIndex((id) => !found.has(id));
  if (missing >= 0) {
    throw new InvalidInput({ [`task_ids.${missing}`]: ["There is no such task."] });
  }
  const moved = rows.filter(({ isMoved }) => isMoved).length;
  // One event, however many they are: nobody follows each place of a list.
  if (moved > 0) {
    await recordEvent(tx, {
      companyId: by.company.id,
      type: "tasks.reordered",
      subjectType: "company",
      subjectId: by.company.id,
      causerId: by.causerId,
      occurredAt: by.now,
      payload: { moved },
    });
  }
  return { moved };
}

const changeable = [
  "userId",
  "clientId",
  "projectId",
  "summary",
  "notes",
  "status",
  "dueDate",
  "isBillable",
  "hourlyRate",
  "completedAt",
  "isArchived",
] as const satisfies readonly (keyof TaskFields)[];

/** What a change is told as: the ends and returns of a task have names of their own. */
function eventTypes(before: TaskRow, after: TaskRow, changed: readonly string[]): string[] {
  const ended = before.completedAt === null && after.completedAt !== null;
  const reopened = before.completedAt !== null && after.completedAt === null;
  const archiving = after.isArchived ? "task.archived" : "task.unarchived";
  const told = new Set(["is_archived", ...(ended || reopened ? ["status", "completed_at"] : [])]);
  return [
    ...(ended ? ["task.completed"] : []),
    ...(reopened ? ["task.reopened"] : []),
    ...(before.isArchived === after.isArchived ? [] : [archiving]),
    ...(changed.every((name) => told.has(name)) ? [] : ["task.updated"]),
  ];
}

/** Leaves an event about a task, with what it is now; its notes may be long, and are left out. */
async function recordTaskEvent(
  tx: Tx,
  by: Acting,
  type: string,
  task: TaskRow,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvent(tx, {
    companyId: by.company.id,
    type,
    subjectType: "task",
    subjectId: task.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: {
      summary: task.summary,
      user_id: task.userId,
      client_id: task.clientId,
      project_id: task.projectId,
      status: task.status,
      due_date: task.dueDate,
      is_billable: task.isBillable,
      hourly_rate: task.hourlyRate,
      is_archived: task.isArchived,
      ...facts,
    },
  });
}
