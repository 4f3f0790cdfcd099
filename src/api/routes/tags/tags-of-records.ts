import { z } from "zod";
import { tagRecord, type TagsInput } from "../../../actions/tag-record.ts";
import type { Sql, Tx } from "../../../db/client.ts";
import { listRecordTags, type TaggedKind, type TaggedRecord } from "../../../db/record-tags.ts";
import type { Caller, CompanyContext, DatabaseOf } from "../../context.ts";
import { requireScope } from "../../define-route.ts";
import { id, labelName } from "../../inputs.ts";

/** Most tags on one record. */
const tagsMax = 50;

/** The full set of a record's tags in a body. */
export const tagsInBody = z
  .array(z.union([id, labelName(50)], { error: "Must be the name or the id of a tag." }))
  .max(tagsMax)
  .meta({ description: "The full set, by name or id. A name that is no tag yet becomes one." });

/** The tags of a record in an answer. */
export const tagsJson = z
  .array(z.string())
  .optional()
  .meta({ description: "Names of tags. Left out without tags:read." });

/**
 * Tags of a body as the actions take them. Throws `Forbidden` without tags:read: nobody replaces what
 * they may not see. New tags need tags:write.
 */
export function toTags(
  caller: Caller,
  tags: z.output<typeof tagsInBody> | undefined,
): TagsInput | undefined {
  if (tags === undefined) return undefined;
  requireScope(caller, "tags:read");
  return {
    tags,
    beforeNew: () => {
      requireScope(caller, "tags:write");
    },
  };
}

/** Gives a record the tags of a body, if it speaks of any. */
export async function writeTags(
  { tx, company, user, caller, now }: CompanyContext & DatabaseOf<"put", true>,
  record: Pick<TaggedRecord, "kind" | "id">,
  tags: z.output<typeof tagsInBody> | undefined,
): Promise<void> {
  const input = toTags(caller, tags);
  if (input !== undefined) await tagRecord(tx, { company, causerId: user.id, now }, record, input);
}

/** What to show beside each of some records: its tags, or nothing without tags:read. */
export async function loadTags(
  sql: Sql | Tx,
  { company, mayUse }: Pick<CompanyContext, "company" | "mayUse">,
  kind: TaggedKind,
  ids: readonly number[],
): Promise<(recordId: number) => { tags?: string[] }> {
  if (!mayUse("tags:read")) return () => ({});
  const rows =
    ids.length === 0 ? [] : await listRecordTags(sql, { kind, companyId: company.id, ids });
  return (recordId) => ({
    tags: rows.filter((row) => row.recordId === recordId).map((row) => row.name),
  });
}
