import type { Tx } from "../db/client.ts";
import { lockClient } from "../db/clients.ts";
import { recordEvent } from "../db/events.ts";
import { lockInvoice } from "../db/invoices.ts";
import { lockProjects } from "../db/projects.ts";
import { listRecordTags, type TaggedKind } from "../db/record-tags.ts";
import type { TimeEntryRow } from "../db/time-entries.ts";
import type { Acting } from "./acting.ts";
import type { ActionResult, RuleEffect, RuleTarget } from "./rule-effects.ts";
import { lockTimeEntry, updateTimeEntry } from "./change-time.ts";
import { getLockedTask, updateTask } from "./change-tasks.ts";
import { updateProject } from "./save-project.ts";
import { tagRecord, type TagsInput } from "./tag-record.ts";
import { updateInvoice } from "./update-invoice.ts";

// What rules change about records, by the same actions as people do. Each is done at most once: what is
// so already is left alone, and no event tells of it.

/**
 * Adds a tag to a record; time entries have none.
 *
 * @throws NotFound for a record or tag that is gone
 */
export async function tagByRule(
  tx: Tx,
  by: Acting,
  { subjectType, subjectId }: RuleTarget,
  tag: { id: number; name: string },
): Promise<ActionResult> {
  if (subjectType === "time-entry") return undefined;
  const companyId = by.company.id;
  // Locked before its tags are read: one that somebody else gives it at this moment is kept.
  const retag = await taggers[subjectType](tx, by, subjectId);
  if (retag === undefined) return undefined;
  const present = await listRecordTags(tx, { kind: subjectType, companyId, ids: [subjectId] });
  if (present.some(({ id }) => id === tag.id)) return undefined;
  await retag({ tags: [...present.map(({ id }) => id), tag.id], beforeNew: () => {} });
  return { effect: { type: "add_tag", tag: tag.name } };
}

type Retag = (tags: TagsInput) => Promise<unknown>;

/** Locks a record, if it is there, and says how to give it other tags and leave the event of its change. */
const taggers: Readonly<
  Record<TaggedKind, (tx: Tx, by: Acting, id: number) => Promise<Retag | undefined>>
> = {
  invoice: async (tx, by, invoiceId) => {
    await lockInvoice(tx, { companyId: by.company.id, id: invoiceId });
    return async (tags) => await updateInvoice(tx, by, { invoiceId, tags });
  },
  task: async (tx, by, id) => {
    const task = await getLockedTask(tx, { companyId: by.company.id, id });
    return async (tags) => await updateTask(tx, by, task, { tags });
  },
  project: async (tx, by, id) => {
    const [project] = await lockProjects(tx, { companyId: by.company.id, ids: [id] });
    if (project === undefined) return undefined;
    return async (tags) => {
      await tagRecord(tx, by, { kind: "project", id }, tags);
      await updateProject(tx, by, project, {});
    };
  },
  client: async (tx, by, id) => {
    const companyId = by.company.id;
    if ((await lockClient(tx, { companyId, id })) === undefined) return undefined;
    return async (tags) => {
      await tagRecord(tx, by, { kind: "client", id }, tags);
      await recordEvent(tx, {
        companyId,
        type: "client.updated",
        subjectType: "client",
        subjectId: id,
        payload: { fields: ["tags"] },
        causerId: by.causerId,
        occurredAt: by.now,
      });
    };
  },
};

/**
 * Gives a task, or time that is on no invoice, a rate in minor units an hour.
 *
 * @throws NotFound, Conflict or InvalidInput where a person could not do it either
 */
export async function setRateByRule(
  tx: Tx,
  by: Acting,
  target: RuleTarget,
  hourlyRate: bigint,
): Promise<ActionResult> {
  const effect = { type: "set_rate", hourly_rate: Number(hourlyRate) } as const;
  return await changeWork(tx, by, target, { hourlyRate }, effect);
}

/**
 * Says of a task, or of time that is on no invoice, whether it is to be billed.
 *
 * @throws NotFound, Conflict or InvalidInput where a person could not do it either
 */
export async function setBillableByRule(
  tx: Tx,
  by: Acting,
  target: RuleTarget,
  isBillable: boolean,
): Promise<ActionResult> {
  const effect = { type: "set_billable", is_billable: isBillable } as const;
  return await changeWork(tx, by, target, { isBillable }, effect);
}

async function changeWork(
  tx: Tx,
  by: Acting,
  { subjectType, subjectId: id }: RuleTarget,
  change: Partial<Pick<TimeEntryRow, "hourlyRate" | "isBillable">>,
  effect: RuleEffect,
): Promise<ActionResult> {
  const key = { companyId: by.company.id, id };
  if (subjectType === "task") {
    const task = await getLockedTask(tx, key);
    if (isSo(task, change)) return undefined;
    await updateTask(tx, by, task, change);
    return { effect };
  }
  const entry = await lockTimeEntry(tx, key);
  if (isSo(entry, change)) return undefined;
  if (entry.invoiceId !== null) return { reason: `It is billed on invoice ${entry.invoiceId}.` };
  await updateTimeEntry(tx, by, entry, change);
  return { effect };
}

function isSo<Row extends object>(row: Row, change: Partial<Row>): boolean {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the change are keys of the row
  return (Object.keys(change) as (keyof Row)[]).every((name) => row[name] === change[name]);
}
