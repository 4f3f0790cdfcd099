import { violatedConstraint, type Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import {
  insertLabel,
  isLabelNameTaken,
  labelNameKey,
  markLabelDeleted,
  updateLabel,
  type LabelKind,
  type LabelRow,
} from "../db/labels.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";

/** Writes a category or a tag. Throws `InvalidInput` when another one has its name, in any case. */
export async function createLabel(
  tx: Tx,
  by: Acting,
  { kind, name }: { kind: LabelKind; name: string },
): Promise<LabelRow> {
  const companyId = by.company.id;
  const created = await withFreeName(tx, { kind, companyId, name, exceptId: null }, () =>
    insertLabel(tx, { kind, companyId, name, now: by.now }),
  );
  await recordLabelEvent(tx, by, `${kind}.created`, created);
  return created;
}

/** Renames a locked category or tag, on all that has it. Throws as `createLabel` does. */
export async function renameLabel(
  tx: Tx,
  by: Acting,
  { kind, label, name }: { kind: LabelKind; label: LabelRow; name: string },
): Promise<LabelRow> {
  if (name === label.name) return label;
  const ref = { kind, companyId: by.company.id, id: label.id };
  const renamed = await withFreeName(tx, { ...ref, name, exceptId: label.id }, () =>
    updateLabel(tx, ref, { name, now: by.now }),
  );
  await recordLabelEvent(tx, by, `${kind}.updated`, renamed, { name_before: label.name });
  return renamed;
}

/** Ends a locked one: a tag is on nothing any more, a category stays with the invoices that have it. */
export async function deleteLabel(
  tx: Tx,
  by: Acting,
  { kind, label }: { kind: LabelKind; label: LabelRow },
): Promise<void> {
  await markLabelDeleted(tx, { kind, companyId: by.company.id, id: label.id }, by.now);
  await recordLabelEvent(tx, by, `${kind}.deleted`, label);
}

/** Leaves an event about a category or a tag: "tag.created", "category.deleted". */
export async function recordLabelEvent(
  tx: Tx,
  by: Acting,
  type: `${LabelKind}.${string}`,
  label: Pick<LabelRow, "id" | "name">,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvent(tx, {
    companyId: by.company.id,
    type,
    subjectType: type.slice(0, type.indexOf(".")),
    subjectId: label.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: { name: label.name, ...facts },
  });
}

async function withFreeName(
  tx: Tx,
  wanted: Parameters<typeof isLabelNameTaken>[1],
  write: () => Promise<LabelRow>,
): Promise<LabelRow> {
  const taken = (cause?: unknown) =>
    new InvalidInput(
      { name: [`There is already a ${wanted.kind} named ${wanted.name}.`] },
      { cause },
    );
  if (await isLabelNameTaken(tx, wanted)) throw taken();
  try {
    return await write();
  } catch (error) {
    // Somebody else took the name between the look and the write.
    if (violatedConstraint(error) === labelNameKey(wanted.kind)) throw taken(error);
    throw error;
  }
}
