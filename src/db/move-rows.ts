import type { Tx } from "./client.ts";
import { matchLabels } from "./move-labels.ts";
import {
  arrivals,
  lockOrder,
  movableTables,
  namedTables,
  references,
  subjectTypes,
  type MoveRoot,
  type Reference,
} from "./move-rules.ts";
import type { RecordNumber } from "./retired-numbers.ts";
import { lockOwnersOfTimers } from "./timers.ts";

/** The ids of the rows that move, by table: of those tables that others refer to. */
export type MovingIds = ReadonlyMap<string, ReadonlySet<number>>;

export interface Move {
  from: number;
  to: number;
  ids: MovingIds;
}

export function idsOf({ ids }: Pick<Move, "ids">, table: string): number[] {
  return [...(ids.get(table) ?? [])];
}

/**
 * Finds all that goes with a record, and locks it: nobody changes it, or adds to it, until the
 * transaction ends. What was added before the locks were there is found by looking again.
 */
export async function claimMovingRows(
  tx: Tx,
  { companyId, table, id }: { companyId: number; table: MoveRoot; id: number },
): Promise<MovingIds> {
  const ids = new Map<string, Set<number>>([[table, new Set([id])]]);
  const locked = new Map<string, Set<number>>();
  let isComplete = false;
  while (!isComplete) {
    await follow(tx, companyId, ids);
    await lockOwnersOfTimers(tx, { companyId, ids: [...(ids.get("time_entries") ?? [])] });
    isComplete = true;
    for (const name of lockOrder) {
      const known = locked.get(name) ?? new Set();
      const fresh = [...(ids.get(name) ?? [])].filter((row) => !known.has(row));
      if (fresh.length === 0) continue;
      isComplete = false;
      await tx`
        select from ${tx(name)}
        where company_id = ${companyId} and id = any(${fresh}::int8[])
        order by id
        for update
      `;
      locked.set(name, new Set([...known, ...fresh]));
    }
  }
  return ids;
}

/** How many of the moving rows of a table were not deleted. */
export async function countLive(tx: Tx, move: Move, table: string): Promise<number> {
  const ids = idsOf(move, table);
  if (ids.length === 0) return 0;
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count from ${tx(table)}
    where company_id = ${move.from} and id = any(${ids}::int8[]) and deleted_at is null
  `;
  return row!.count;
}

/** Adds what goes with the rows known so far, and what goes with that, until there is no more. */
async function follow(tx: Tx, companyId: number, ids: Map<string, Set<number>>): Promise<void> {
  let fresh = new Map(Array.from(ids, ([table, rows]) => [table, [...rows]]));
  while (fresh.size > 0) {
    const next = new Map<string, number[]>();
    for (const { from, column, to, rule } of references) {
      const parents = fresh.get(to);
      if (parents === undefined || rule !== "goes" || !namedTables.has(from)) continue;
      const rows = await tx<{ id: number }[]>`
        select id from ${tx(from)}
        where company_id = ${companyId} and ${tx(column)} = any(${parents}::int8[])
      `;
      const known = ids.get(from) ?? new Set();
      const found = rows.map((row) => row.id).filter((row) => !known.has(row));
      if (found.length === 0) continue;
      ids.set(from, new Set([...known, ...found]));
      next.set(from, [...(next.get(from) ?? []), ...found]);
    }
    fresh = next;
  }
}

/**
 * Parts the rows that move from those that stay: each reference between the two is cleared, as the
 * rules say. From here on references are only looked at when the transaction ends. `clientId` is the
 * client, there, of what leaves its own behind.
 */
export async function partMovingRows(
  tx: Tx,
  move: Move & { clientId: number | null; now: Date },
): Promise<void> {
  await tx`set constraints all deferred`;
  for (const reference of references) {
    if (reference.rule === "is deleted") await deleteReferring(tx, move, reference);
    if (reference.rule === "stays") await clearInStaying(tx, move, reference);
    if (reference.rule === "is matched") await matchInMoving(tx, move, reference);
    else await clearInMoving(tx, move, reference);
  }
}

async function deleteReferring(tx: Tx, move: Move, { from, column, to }: Reference): Promise<void> {
  const parents = idsOf(move, to);
  if (parents.length === 0) return;
  await tx`
    delete from ${tx(from)}
    where company_id = ${move.from} and ${tx(column)} = any(${parents}::int8[])
  `;
}

/** The referring row stays, what it refers to moves. */
async function clearInStaying(tx: Tx, move: Move, reference: Reference): Promise<void> {
  const { from, column, to, remembers } = reference;
  const parents = idsOf(move, to);
  if (parents.length === 0) return;
  await tx`
    update ${tx(from)} set ${tx({ [column]: null, ...remembers })}
    where company_id = ${move.from}
      and ${tx(column)} = any(${parents}::int8[])
      and not (${isMoving(tx, move, from)})
  `;
}

/** The referring row moves, what it refers to stays. */
async function clearInMoving(
  tx: Tx,
  move: Move & { clientId: number | null },
  { from, column, to, remembers }: Reference,
): Promise<void> {
  if (!mayMove(move, from)) return;
  const instead = to === "clients" ? move.clientId : null;
  await tx`
    update ${tx(from)} set ${tx({ [column]: instead, ...remembers })}
    where company_id = ${move.from}
      and (${isMoving(tx, move, from)})
      and ${tx(column)} is not null
      and ${tx(column)} <> all(${idsOf(move, to)}::int8[])
  `;
}

/** The referring row moves, what it refers to has its like there. */
async function matchInMoving(
  tx: Tx,
  move: Move & { now: Date },
  { from, column, to }: Reference,
): Promise<void> {
  if (!mayMove(move, from)) return;
  const rows = await tx<{ id: number }[]>`
    select distinct ${tx(column)} as id from ${tx(from)}
    where company_id = ${move.from} and (${isMoving(tx, move, from)}) and ${tx(column)} is not null
  `;
  const matches = await matchLabels(tx, { ...move, table: to, ids: rows.map(({ id }) => id) });
  if (matches.length === 0) return;
  await tx`
    update ${tx(from)} set ${tx(column)} = p.there
    from unnest(
      ${matches.map(({ here }) => here)}::int8[], ${matches.map(({ there }) => there)}::int8[]
    ) as p (here, there)
    where company_id = ${move.from} and (${isMoving(tx, move, from)}) and ${tx(column)} = p.here
  `;
}

/** Gives all that moves to the other company, except what has a number. */
export async function giveUnnumberedRows(tx: Tx, move: Move): Promise<void> {
  for (const table of movableTables) {
    if (table in numberColumns || !mayMove(move, table)) continue;
    await tx`
      update ${tx(table)} set ${tx({ company_id: move.to, ...arrivals[table] })}
      where company_id = ${move.from} and (${isMoving(tx, move, table)})
    `;
  }
}

const numberColumns = { invoices: "invoice_number", quotes: "quote_number" } as const;
export type NumberedTable = keyof typeof numberColumns;

/** The numbers that moving records have where they come from, lowest id first. */
export async function listMovingNumbers(
  tx: Tx,
  move: Move,
  table: NumberedTable,
): Promise<RecordNumber[]> {
  return await tx<RecordNumber[]>`
    select id, ${tx(numberColumns[table])} as number
    from ${tx(table)}
    where company_id = ${move.from} and id = any(${idsOf(move, table)}::int8[])
    order by id
  `;
}

/** Gives records to the other company, each under this number: in one statement, as a number is unique at once. */
export async function giveNumberedRows(
  tx: Tx,
  move: Move,
  table: NumberedTable,
  numbers: readonly RecordNumber[],
): Promise<void> {
  if (numbers.length === 0) return;
  await tx`
    update ${tx(table)}
    set ${tx({ company_id: move.to, ...arrivals[table] })}, ${tx(numberColumns[table])} = p.number
    from unnest(
      ${numbers.map(({ id }) => id)}::int8[], ${numbers.map(({ number }) => number)}::text[]
    ) as p (id, number)
    where ${tx(table)}.company_id = ${move.from} and ${tx(table)}.id = p.id
  `;
}

/** What a person still has to look at goes where the record is now; the run that found it does not. */
export async function giveAttentionItems(tx: Tx, move: Move): Promise<void> {
  for (const [table, subjectType] of Object.entries(subjectTypes)) {
    const ids = idsOf(move, table);
    if (ids.length === 0) continue;
    await tx`
      update attention_items
      set company_id = ${move.to}, run_id = null
      where company_id = ${move.from} and subject_type = ${subjectType}
        and subject_id = any(${ids}::int8[]) and resolved_at is null
    `;
  }
}

/** Whether rows of a table move at all. */
function mayMove(move: Move, table: string): boolean {
  if (namedTables.has(table)) return (move.ids.get(table)?.size ?? 0) > 0;
  return goingReferences(move, table).length > 0;
}

/** The condition that a row of a table moves. */
function isMoving(tx: Tx, move: Move, table: string) {
  if (namedTables.has(table)) return tx`id = any(${idsOf(move, table)}::int8[])`;
  return goingReferences(move, table).reduce(
    (either, { column, to }) => tx`${either} or ${tx(column)} = any(${idsOf(move, to)}::int8[])`,
    tx`false`,
  );
}

/** By which references rows of a table go with what moves. */
function goingReferences(move: Move, table: string): Reference[] {
  return references.filter(
    ({ from, to, rule }) => from === table && rule === "goes" && (move.ids.get(to)?.size ?? 0) > 0,
  );
}
