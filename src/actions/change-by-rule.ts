import type { Tx } from "../db/client.ts";
import { lockClient } from "../db/clients.ts";
import { recordEvent } from "../db/events.ts";
import { findLabel } from "../db/labels.ts";
import { lockProjects } from "../db/projects.ts";
import { listRecordTags, type TaggedKind } from "../db/record-tags.ts";
import type { TimeEntryRow } from "../db/time-entries.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import type { ActionResult, RuleEffect, RuleTarget } from "./rule-effects.ts";
import { lockTimeEntry, updateTimeEntry } from "./change-time.ts";
import { getLockedTask, updateTask } from "./change-tasks.ts";
import { updateProject } from "./save-project.ts";
import { tagRecord, type TagsInput } from "./tag-record.ts";
import { updateInvoice } from "./update-invoice.ts";

// What rules change about records, by the same actions as people do. Each is done at most once: what is
// so already is left alone, and no event tells of it.

/** Throws `Conflict` when the tag was deleted. Time entries have no tags. */
export async function tagByRule(
  tx: Tx,
  by: Acting,
  { subjectType, subjectId }: RuleTarget,
  tagId: number,
): Promise<ActionResult> {
  const companyId = by.company.id;
  const tag = await findLabel(tx, { kind: "tag", companyId, id: tagId });
  if (tag === undefined) throw new Conflict("The tag that it gives was deleted.");
  if (subjectType === "time-entry") return undefined;
  const present = await listRecordTags(tx, { kind: subjectType, companyId, ids: [subjectId] });
  if (present.some(({ id }) => id === tagId)) return undefined;
  const tags = { tags: [...present.map(({ id }) => id), tagId], beforeNew: () => {} };
  await taggers[subjectType](tx, by, subjectId, tags);
  return { effect: { type: "add_tag", tag: tag.name } };
}

/** Gives a record these tags, and leaves the event of its change. */
const taggers: Readonly<
  Record<TaggedKind, (tx: Tx, by: Acting, id: number, tags: TagsInput) => Promise<unknown>>
> = {
  invoice: async (tx, by, invoiceId, tags) => await updateInvoice(tx, by, { invoiceId, tags }),
  task: async (tx, by, id, tags) => {
    const task = await getLockedTask(tx, { companyId: by.company.id, id });
    await updateTask(tx, by, task, { tags });
  },
  project: async (tx, by, id, tags) => {
    const [project] = await lockProjects(tx, { companyId: by.company.id, ids: [id] });
    if (project === undefined) return;
    await tagRecord(tx, by, { kind: "project", id }, tags);
    await updateProject(tx, by, project, {});
  },
  client: async (tx, by, id, tags) => {
    const companyId = by.company.id;
    if ((await lockClient(tx, { companyId, id })) === undefined) return;
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
  },
};

/** Minor units an hour, of a task or of time that is on no invoice. */
export async function setRateByRule(
  tx: Tx,
  by: Acting,
  target: RuleTarget,
  hourlyRate: bigint,
): Promise<ActionResult> {
  const effect = { type: "set_rate", hourly_rate: Number(hourlyRate) } as const;
  return await changeWork(tx, by, target, { hourlyRate }, effect);
}

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
