import { isDuplicateName } from "../../connectors/quickbooks/failures.ts";
import {
  findRefsOfExternals,
  findRefsOfRecords,
  forgetExternalRefs,
  recordExternalRefs,
} from "../../db/external-refs.ts";
import { inTransaction } from "../../db/transaction.ts";
import { ProviderRejected } from "../../errors.ts";
import { changeRecord } from "./change-record.ts";
import { createRecords, keyOf, type NewRecord } from "./create-records.ts";
import { findNamed } from "./find-made.ts";
import type { Named } from "./map-names.ts";
import type { Push } from "./push.ts";
import { fingerprintOf, type Body } from "./values.ts";
import { Waits } from "./waits.ts";

/** What each is called there, by kind and record id, or why it is not there. */
export type Saved = Map<string, string | ProviderRejected | Waits>;

/**
 * Customers and items as they are here: those that are not there are made, in batches, those that
 * changed are changed. A name that is taken is that of the same customer, which we take for ours, or of
 * somebody else, such as a vendor: then a second name is used.
 */
export async function saveNamed(push: Push, wanted: readonly Named[]): Promise<Saved> {
  const unique = [...new Map(wanted.map((each) => [keyOf(each), each])).values()];
  const saved: Saved = new Map();
  const missing: Named[] = [];
  for (const named of unique) {
    const known = await orRefusal(() => update(push, named));
    if (known === undefined) missing.push(named);
    else saved.set(keyOf(named), known);
  }
  const taken = await make(push, missing, 0, saved);
  await make(push, taken, 1, saved);
  return saved;
}

/** Makes them by their first or second name; returns those whose name is somebody else's. */
async function make(
  push: Push,
  missing: readonly Named[],
  name: 0 | 1,
  saved: Saved,
): Promise<Named[]> {
  const made = await createRecords(
    push,
    missing.map((named) => newOf(named, name)),
  );
  const taken: Named[] = [];
  for (const named of missing) {
    const each = made.get(keyOf(named));
    if (each === undefined) continue;
    if (!(each instanceof ProviderRejected)) {
      saved.set(keyOf(named), each.externalId);
      continue;
    }
    const isTaken = isDuplicateName(each.providerCode);
    const adopted = isTaken ? await orRefusal(() => adopt(push, named, name)) : undefined;
    if (isTaken && adopted === undefined) taken.push(named);
    saved.set(keyOf(named), adopted ?? each);
  }
  return taken;
}

/** What concerns one record is its ending; trouble concerns them all. */
async function orRefusal<Result>(
  work: () => Promise<Result>,
): Promise<Result | ProviderRejected | Waits> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProviderRejected || error instanceof Waits) return error;
    throw error;
  }
}

/** Its id there, once it is there as it is here; undefined when it is not there. */
async function update(push: Push, named: Named): Promise<string | undefined> {
  const refs = push.refs(named.kind);
  const [ref] = await findRefsOfRecords(push.ctx.sql, refs, [named.recordId]);
  if (ref === undefined) return undefined;
  const [first, second] = [bodyOf(named, 0), bodyOf(named, 1)];
  const prints = [fingerprintOf(first), fingerprintOf(second)];
  if (prints.includes(ref.syncedVersion ?? "")) return ref.externalId;
  let body = first;
  const change = async () =>
    await changeRecord(push, named.entity, ref.externalId, async () => ({ body }));
  let changed: Awaited<ReturnType<typeof change>>;
  try {
    changed = await change();
  } catch (error) {
    if (!(error instanceof ProviderRejected) || !isDuplicateName(error.providerCode)) throw error;
    body = second;
    changed = await change();
  }
  if (changed === undefined) {
    // Deleted there: a new one is made.
    await inTransaction(push.ctx.sql, (tx) => forgetExternalRefs(tx, refs, [named.recordId]));
    return undefined;
  }
  await link(push, named, ref.externalId, body);
  return ref.externalId;
}

/** Takes the one of the same name for ours, as it is, unless it is another record's or of another currency. */
async function adopt(push: Push, named: Named, name: 0 | 1): Promise<string | undefined> {
  const found = await findNamed(push, named.entity, named.names[name]);
  if (found === undefined) return undefined;
  const [other] = await findRefsOfExternals(push.ctx.sql, push.refs(named.kind), [found.Id]);
  if (other !== undefined || !(await isFree(push, named, found.Id))) return undefined;
  const currency = currencyOf(named.body);
  if (currency !== undefined && found.CurrencyRef?.value !== currency) return undefined;
  if (found.Active === false) {
    await changeRecord(push, named.entity, found.Id, async () => ({
      body: { ...bodyOf(named, name), Active: true },
    }));
  }
  await link(push, named, found.Id, bodyOf(named, name));
  return found.Id;
}

/** An item may be that of a service or one of our own; not both. */
async function isFree(push: Push, { entity, kind }: Named, id: string): Promise<boolean> {
  if (entity !== "Item") return true;
  const otherKind = kind === "item" ? "own-item" : "item";
  return (await findRefsOfExternals(push.ctx.sql, push.refs(otherKind), [id])).length === 0;
}

async function link(push: Push, named: Named, externalId: string, body: Body): Promise<void> {
  const { kind, recordId } = named;
  await inTransaction(push.ctx.sql, (tx) =>
    recordExternalRefs(tx, push.refs(kind), [
      { externalId, recordId, syncedVersion: fingerprintOf(body) },
    ]),
  );
}

/** Customers and items that are gone or were made inactive there are looked for anew. True when there was one. */
export async function forgetLost(push: Push, used: readonly Named[]): Promise<boolean> {
  let hasLost = false;
  for (const { kind, entity, recordId } of used) {
    const refs = push.refs(kind);
    const [ref] = await findRefsOfRecords(push.ctx.sql, refs, [recordId]);
    if (ref === undefined) continue;
    const there = await push.ask((quickbooks, call) =>
      quickbooks.read(call, entity, ref.externalId),
    );
    if (there !== undefined && there.Active !== false) continue;
    await inTransaction(push.ctx.sql, (tx) => forgetExternalRefs(tx, refs, [recordId]));
    hasLost = true;
  }
  return hasLost;
}

function newOf(named: Named, name: 0 | 1): NewRecord {
  const { kind, recordId, entity } = named;
  return { kind, recordId, entity, body: bodyOf(named, name) };
}

function bodyOf({ entity, names, body }: Named, name: 0 | 1): Body {
  return entity === "Customer"
    ? { DisplayName: names[name], ...body }
    : { Name: names[name], ...body };
}

function currencyOf({ CurrencyRef }: Body): string | undefined {
  const isRef = typeof CurrencyRef === "object" && CurrencyRef !== null && "value" in CurrencyRef;
  return isRef ? String(CurrencyRef.value) : undefined;
}
