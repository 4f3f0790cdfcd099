import { createHash } from "node:crypto";
import { recordEvents, type NewEvent } from "../db/events.ts";
import type { NewImportItem } from "../db/import-items.ts";
import type { Tally } from "../db/imports.ts";
import {
  findRefsOfExternals,
  recordExternalRefs,
  type ExternalRefRow,
  type ExternalRefScope,
} from "../db/external-refs.ts";
import { isDataFault } from "../db/transaction.ts";
import type { Tx } from "../db/client.ts";
import { Conflict, errorText, Failure } from "../errors.ts";
import type { Acting } from "./acting.ts";

/** What of a record an import is responsible for, as JSON: compared to find what was changed here. */
export type Facts = Readonly<Record<string, unknown>>;

/** A record from over there, in our words. */
export interface Incoming<Fields> {
  externalId: string;
  fields: Fields;
  /** What was put right on the way. */
  adjusted?: { reason: string; details?: Readonly<Record<string, unknown>> };
}

/** A record that cannot be put into our words. */
export interface Unmapped {
  externalId: string;
  refused: string;
}

/** A record that was written, and what had to be put right for it. */
export interface Inserted {
  id: number;
  adjusted?: Incoming<unknown>["adjusted"];
}

/** How records of one kind are written. Amounts and states are taken as they come, not decided anew. */
export interface RecordWriter<Fields> {
  /** Of `external_refs`. */
  kind: string;
  /** Of events. */
  subjectType: string;
  insert(tx: Tx, by: Acting, fields: Fields): Promise<Inserted>;
  /** As the record is here now, locked; undefined when it was deleted here. */
  read(tx: Tx, by: Acting, id: number): Promise<Facts | undefined>;
  /** The record is there, and locked. Throws `Conflict` when what happened here since does not allow it. */
  overwrite(tx: Tx, by: Acting, id: number, fields: Fields): Promise<void>;
}

export interface ImportScope {
  importId: number;
  /** As the report names it. */
  resource: string;
  refs: Omit<ExternalRefScope, "kind">;
  reimportExisting: boolean;
}

/** What one page came to. */
export interface Brought {
  tally: Tally;
  items: NewImportItem[];
}

/**
 * Takes records over: each once, known by its id over there. One that is here already is left, or with
 * `reimportExisting` written over, and what had been changed here is told. One that the database or a
 * rule refuses is told with the reason, and the others go on.
 */
export async function bringInRecords<Fields>(
  tx: Tx,
  by: Acting,
  scope: ImportScope,
  writer: RecordWriter<Fields>,
  incoming: readonly (Incoming<Fields> | Unmapped)[],
): Promise<Brought> {
  const refScope = { ...scope.refs, kind: writer.kind };
  const known = new Map(
    (
      await findRefsOfExternals(
        tx,
        refScope,
        incoming.map(({ externalId }) => externalId),
      )
    ).map((ref) => [ref.externalId, ref]),
  );
  const brought: Brought = {
    tally: { created: 0, updated: 0, unchanged: 0, refused: 0 },
    items: [],
  };
  const refs: ExternalRefRow[] = [];
  const events: NewEvent[] = [];
  const about = (one: { externalId: string }) => ({
    resource: scope.resource,
    externalId: one.externalId,
  });

  for (const one of incoming) {
    if ("refused" in one) {
      brought.tally.refused += 1;
      brought.items.push({ ...about(one), kind: "refused", reason: one.refused });
      continue;
    }
    const ref = known.get(one.externalId);
    if (ref !== undefined && !scope.reimportExisting) {
      brought.tally.unchanged += 1;
      continue;
    }
    try {
      const written = await tx.savepoint(async (nested) =>
        ref === undefined
          ? await create(nested, by, writer, one)
          : await overwrite(nested, by, writer, { one, ref }),
      );
      if ("reason" in written) {
        brought.tally.unchanged += 1;
        brought.items.push({
          ...about(one),
          kind: "kept",
          reason: written.reason,
          recordId: ref?.recordId ?? null,
        });
        continue;
      }
      brought.tally[written.kind] += 1;
      refs.push({
        externalId: one.externalId,
        recordId: written.id,
        syncedVersion: written.version,
      });
      known.set(one.externalId, refs.at(-1)!);
      events.push({
        type: `${writer.subjectType}.imported`,
        subjectType: writer.subjectType,
        subjectId: written.id,
        payload: {
          provider: scope.refs.provider,
          external_id: one.externalId,
          import_id: scope.importId,
          again: written.kind === "updated",
        },
        causerId: by.causerId,
        occurredAt: by.now,
      });
      if (written.changes !== undefined) {
        brought.items.push({
          ...about(one),
          kind: "overwritten",
          reason: `It was changed here, and is as it is there again: ${Object.keys(written.changes).join(", ")}.`,
          details: written.changes,
          recordId: written.id,
        });
      }
      const adjusted = written.adjusted ?? one.adjusted;
      if (adjusted !== undefined) {
        brought.items.push({ ...about(one), kind: "adjusted", ...adjusted, recordId: written.id });
      }
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw error;
      brought.tally.refused += 1;
      brought.items.push({ ...about(one), kind: "refused", reason });
    }
  }
  await recordExternalRefs(tx, refScope, refs);
  await recordEvents(tx, by.company.id, events);
  return brought;
}

type Written =
  | (Inserted & { kind: "created" | "updated"; version: string; changes?: Facts })
  | { reason: string };

async function create<Fields>(
  tx: Tx,
  by: Acting,
  writer: RecordWriter<Fields>,
  { fields }: Incoming<Fields>,
): Promise<Written> {
  const inserted = await writer.insert(tx, by, fields);
  const facts = (await writer.read(tx, by, inserted.id)) ?? {};
  return { ...inserted, kind: "created", version: versionOf(facts) };
}

async function overwrite<Fields>(
  tx: Tx,
  by: Acting,
  writer: RecordWriter<Fields>,
  { one, ref }: { one: Incoming<Fields>; ref: ExternalRefRow },
): Promise<Written> {
  const id = ref.recordId;
  const before = await writer.read(tx, by, id);
  if (before === undefined) return { reason: "It was deleted here, and stays so." };
  const wasChangedHere = versionOf(before) !== ref.syncedVersion;
  try {
    // A savepoint of its own: what it did before it refused is undone.
    await tx.savepoint((nested) => writer.overwrite(nested, by, id, one.fields));
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return { reason: error.message };
  }
  const after = (await writer.read(tx, by, id)) ?? {};
  const changes = differencesOf(before, after);
  return {
    kind: "updated",
    id,
    version: versionOf(after),
    ...(wasChangedHere && Object.keys(changes).length > 0 && { changes }),
  };
}

/** A fingerprint of what an import left: another one means that somebody changed it here. */
function versionOf(facts: Facts): string {
  return createHash("sha256").update(toJson(facts)).digest("base64url").slice(0, 32);
}

function differencesOf(
  before: Facts,
  after: Facts,
): Record<string, { here: unknown; there: unknown }> {
  return Object.fromEntries(
    Object.keys({ ...before, ...after })
      .filter((name) => toJson(before[name]) !== toJson(after[name]))
      .map((name) => [name, { here: jsonOf(before[name]), there: jsonOf(after[name]) }]),
  );
}

function toJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) =>
    typeof inner === "bigint" ? Number(inner) : inner,
  );
}

function jsonOf(value: unknown): unknown {
  return JSON.parse(toJson(value));
}

/** Why this record alone cannot be written; undefined when it is not the record's fault. */
function reasonOf(error: unknown): string | undefined {
  if (isDataFault(error)) {
    return `The database does not take it: ${errorText(error)}`;
  }
  return error instanceof Failure && error.retry === "never" ? error.message : undefined;
}
