import { BATCH_MAX, type QbEntity } from "../../connectors/quickbooks/quickbooks.ts";
import type { QbRecord } from "../../connectors/quickbooks/schemas.ts";
import type { Tx } from "../../db/client.ts";
import {
  findRefsOfExternals,
  findRefsOfRecords,
  recordExternalRefs,
} from "../../db/external-refs.ts";
import {
  beginCreations,
  endCreations,
  listCreationsOfRequest,
  listOwedRequests,
  lockCreations,
  type Creation,
  type OwedCreation,
} from "../../db/quickbooks-creations.ts";
import { inTransaction } from "../../db/transaction.ts";
import { Failure, ProviderRejected, RateLimited, WriteUnconfirmed } from "../../errors.ts";
import { findMade } from "./find-made.ts";
import type { Push } from "./push.ts";
import { fingerprintOf, requestIdOf, type Body } from "./values.ts";

/** So long another run keeps off a record that is being made; a run that is killed comes back as itself. */
const HOLD_MS = 180_000;
const BUSY_MS = 1_000;
/** A request of QuickBooks has ended after so long, so that a look-up tells the truth. */
const REQUEST_ENDS_MS = 120_000;

/** A record that is to be made there. */
export interface NewRecord {
  kind: string;
  recordId: number;
  entity: QbEntity;
  body: Body;
}

/** Its id there, and as what it was made just now; or why there is none. */
export type Made = { externalId: string; there: QbRecord | undefined } | ProviderRejected;

/**
 * Makes records there, each once: what is sent is written down before, word for word, and while its
 * answer is owed nothing else is sent for that record. After a crash or a lost answer it is looked for
 * first, and what is not found is asked for again with the same words and the same request id, which
 * QuickBooks answers as it did the first time.
 *
 * @throws RateLimited while another run makes one of them
 * @throws WriteUnconfirmed when an answer was lost
 */
export async function createRecords(
  push: Push,
  wanted: readonly NewRecord[],
): Promise<Map<string, Made>> {
  const made = new Map<string, Made>();
  for (let at = 0; at < wanted.length; at += BATCH_MAX) {
    const chunk = wanted.slice(at, at + BATCH_MAX);
    let begun = await begin(push, chunk);
    for (const requestId of begun.owed) await settleOwed(push, requestId);
    // What was owed has an ending now; a record that was not made after all is begun anew.
    if (begun.owed.length > 0) begun = await begin(push, chunk);
    for (const [key, externalId] of begun.known) made.set(key, { externalId, there: undefined });
    if (begun.fresh.length > 0) {
      for (const [key, each] of await send(push, begun.fresh)) made.set(key, each);
    }
  }
  return made;
}

/**
 * Finds out what became of everything that was sent in earlier attempts, here or in a process that is
 * gone: first of all, so that whatever was made is known, also of records that have changed since.
 */
export async function settleAllOwed(push: Push): Promise<void> {
  for (const requestId of await listOwedRequests(push.ctx.sql, push, push.ctx.run.id)) {
    await settleOwed(push, requestId);
  }
}

export function keyOf({ kind, recordId }: Pick<NewRecord, "kind" | "recordId">): string {
  return `${kind}/${recordId}`;
}

interface Begun {
  known: Map<string, string>;
  /** Requests whose answers are owed. */
  owed: string[];
  fresh: Creation[];
}

async function begin(push: Push, chunk: readonly NewRecord[]): Promise<Begun> {
  const { ctx } = push;
  ctx.signal.throwIfAborted();
  return await inTransaction(ctx.sql, async (tx) => {
    const rows = await lockCreations(tx, push, chunk, ctx.run.id);
    if (rows.some((row) => row.isHeld)) {
      throw new RateLimited("QuickBooks: another run is at the same record", { afterMs: BUSY_MS });
    }
    const known = await findKnown(tx, push, chunk);
    const owed = new Set<string>();
    const fresh: Creation[] = [];
    for (const { kind, recordId, entity, body } of chunk) {
      const row = rows.find((each) => each.kind === kind && each.recordId === recordId);
      if (row === undefined || known.has(keyOf(row))) continue;
      if (row.requestId !== null) {
        owed.add(row.requestId);
        continue;
      }
      const text = JSON.stringify(body);
      const requestId = requestIdOf(
        push.companyId,
        push.account,
        kind,
        recordId,
        row.generation,
        text,
      );
      fresh.push({ kind, recordId, entity, body: text, requestId });
    }
    // Nothing is begun beside what is owed: its endings decide what there is to be made.
    if (owed.size > 0) return { known, owed: [...owed], fresh: [] };
    const [first, second] = fresh;
    if (first !== undefined && second !== undefined) {
      const requestId = requestIdOf(...fresh.map((each) => each.requestId));
      for (const each of fresh) each.requestId = requestId;
    }
    await beginCreations(tx, push, fresh, { runId: ctx.run.id, holdMs: HOLD_MS });
    return { known, owed: [], fresh };
  });
}

async function findKnown(
  tx: Tx,
  push: Push,
  chunk: readonly NewRecord[],
): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  for (const [kind, records] of byKind(chunk)) {
    const ids = records.map(({ recordId }) => recordId);
    for (const { recordId, externalId } of await findRefsOfRecords(tx, push.refs(kind), ids)) {
      known.set(keyOf({ kind, recordId }), externalId);
    }
  }
  return known;
}

/** Sends what was written down, and writes down what came of it. */
async function send(push: Push, creations: readonly Creation[]): Promise<Map<string, Made>> {
  const { ctx } = push;
  const answers = await askFor(push, creations);
  const made = new Map<string, Made>();
  const found: (readonly [Creation, QbRecord])[] = [];
  const ended: Creation[] = [];
  let trouble: Failure | undefined;
  for (const [index, creation] of creations.entries()) {
    const answer = answers[index];
    if (answer instanceof Failure) {
      if (answer instanceof ProviderRejected) made.set(keyOf(creation), answer);
      else trouble ??= answer;
      // Of what nobody knows the ending of, the row stays.
      if (!(answer instanceof WriteUnconfirmed)) ended.push(creation);
    } else if (answer !== undefined) {
      found.push([creation, answer]);
      made.set(keyOf(creation), { externalId: answer.Id, there: answer });
    }
  }
  await inTransaction(ctx.sql, async (tx) => {
    await recordMade(tx, push, found);
    await endCreations(tx, push, ended);
  });
  if (trouble !== undefined) throw trouble;
  return made;
}

/** One request for one, a batch for several. What was surely not done is an answer as well. */
async function askFor(
  push: Push,
  creations: readonly Creation[],
): Promise<readonly (QbRecord | Failure | undefined)[]> {
  const what = creations.map(({ entity, body }) => ({ entity: entityOf(entity), body }));
  const [first] = what;
  const requestId = creations[0]?.requestId ?? "";
  if (first === undefined) return [];
  try {
    return what.length === 1
      ? [await push.ask((quickbooks, call) => quickbooks.create(call, first, requestId))]
      : await push.askBatch((quickbooks, call) => quickbooks.createMany(call, what, requestId));
  } catch (error) {
    if (error instanceof Failure) return what.map(() => error);
    throw error;
  }
}

/** Finds out what became of a request, or asks again word for word. */
async function settleOwed(push: Push, requestId: string): Promise<void> {
  const { ctx } = push;
  const owed = await listCreationsOfRequest(ctx.sql, push, requestId);
  const found: (readonly [Creation, QbRecord])[] = [];
  const missing: OwedCreation[] = [];
  for (const creation of owed) {
    const there = await findMade(push, creation);
    if (there === undefined) missing.push(creation);
    else found.push([creation, there]);
  }
  if (found.length === 0) {
    await send(push, owed);
    return;
  }
  // A batch is done part by part: while it can be under way, what is not there yet may still come. All
  // of it stays owed until then, for what is left of a batch is not that batch any more.
  const waitMs = Math.max(...missing.map((each) => REQUEST_ENDS_MS - each.ageMs), 0);
  if (waitMs > 0) {
    throw new RateLimited("QuickBooks: a batch may be under way", { afterMs: waitMs });
  }
  await inTransaction(ctx.sql, async (tx) => {
    await recordMade(tx, push, found);
    await endCreations(tx, push, missing);
  });
}

/** Links what was made; the row is done with. What another record has already is not linked twice. */
async function recordMade(
  tx: Tx,
  push: Push,
  made: readonly (readonly [Creation, QbRecord])[],
): Promise<void> {
  for (const [{ kind, recordId, body }, { Id }] of made) {
    const [other] = await findRefsOfExternals(tx, push.refs(kind), [Id]);
    if (other !== undefined && other.recordId !== recordId) continue;
    await recordExternalRefs(tx, push.refs(kind), [
      { externalId: Id, recordId, syncedVersion: fingerprintOf(JSON.parse(body)) },
    ]);
  }
  await endCreations(
    tx,
    push,
    made.map(([creation]) => creation),
  );
}

function entityOf(text: string): QbEntity {
  const entity = (["Customer", "Item", "Invoice", "Payment"] as const).find((one) => one === text);
  if (entity === undefined) throw new Error(`QuickBooks has no ${text}`);
  return entity;
}

function byKind<Each extends { kind: string }>(records: readonly Each[]): Map<string, Each[]> {
  const kinds = new Map<string, Each[]>();
  for (const record of records) {
    kinds.set(record.kind, [...(kinds.get(record.kind) ?? []), record]);
  }
  return kinds;
}
