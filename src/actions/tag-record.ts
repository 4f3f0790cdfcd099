import type { Tx } from "../db/client.ts";
import {
  insertMissingTags,
  listNamedTags,
  listRecordTags,
  listUnknownTagNames,
  replaceRecordTags,
  type TaggedRecord,
} from "../db/record-tags.ts";
import { InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordLabelEvent } from "./save-label.ts";

/** The full set of a record's tags, as a request gives it. */
export interface TagsInput {
  /** Ids, or names in any case; a name that is no tag yet becomes one. */
  tags: readonly (number | string)[];
  /** Called before a tag is made; throws when the caller may make none. */
  beforeNew: () => void;
}

/**
 * Leaves a locked record with exactly these tags, and says whether that changed anything. Throws
 * `InvalidInput` for an id that is no tag.
 */
export async function tagRecord(
  tx: Tx,
  by: Acting,
  record: Omit<TaggedRecord, "companyId">,
  input: TagsInput,
): Promise<boolean> {
  const where = { ...record, companyId: by.company.id };
  const wanted = await resolveTags(tx, by, input);
  const before = await listRecordTags(tx, { ...where, ids: [record.id] });
  const isSame = before.length === wanted.size && before.every((tag) => wanted.has(tag.id));
  if (isSame) return false;
  await replaceRecordTags(tx, where, [...wanted]);
  return true;
}

/**
 * The ids of these tags; names that are none yet become some. Throws `InvalidInput` for an id that is no
 * tag; `fieldOf` names it.
 */
export async function resolveTags(
  tx: Tx,
  by: Acting,
  input: TagsInput,
  fieldOf: (index: number) => string = (index) => `tags.${index}`,
): Promise<Set<number>> {
  const companyId = by.company.id;
  const ids = input.tags.filter((tag) => typeof tag === "number");
  const names = input.tags.filter((tag) => typeof tag === "string");
  const missing = await listUnknownTagNames(tx, { companyId, names });
  if (missing.length > 0) {
    input.beforeNew();
    const made = await insertMissingTags(tx, { companyId, names: missing, now: by.now });
    for (const tag of made) await recordLabelEvent(tx, by, "tag.created", tag);
  }
  const found = new Set((await listNamedTags(tx, { companyId, ids, names })).map((tag) => tag.id));
  for (const [index, tag] of input.tags.entries()) {
    if (typeof tag === "number" && !found.has(tag)) {
      throw new InvalidInput({ [fieldOf(index)]: ["There is no such tag."] });
    }
  }
  return found;
}
