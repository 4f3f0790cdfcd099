import type { Tx } from "../db/client.ts";
import { advanceCounter, findTakenNumbers, type CounterKind } from "../db/counters.ts";
import {
  giveNumberedRows,
  listMovingNumbers,
  type Move,
  type NumberedTable,
} from "../db/move-rows.ts";
import { retireNumbers, takeRetiredNumbers, type RecordNumber } from "../db/retired-numbers.ts";
import type { Acting } from "./acting.ts";
import { takeNumbers, takeQuoteNumbers } from "./take-numbers.ts";

const kinds: Readonly<Record<NumberedTable, CounterKind>> = {
  invoices: "invoice",
  quotes: "quote",
};

/** A record with the number it had and the one it has now. */
export interface MovedNumber extends RecordNumber {
  before: string;
}

/**
 * Gives invoices or quotes to the other company. Each has its number again that it had there before,
 * or else keeps the one it has, or, where that is taken or was another's, gets the next (BILLING.md
 * section 4). What it leaves behind is nobody else's. Locks the counter there: call it last.
 */
export async function moveNumbered(
  tx: Tx,
  { from, to }: { from: Acting; to: Acting },
  move: Move,
  table: NumberedTable,
): Promise<MovedNumber[]> {
  const leaving = await listMovingNumbers(tx, move, table);
  if (leaving.length === 0) return [];
  const kind = kinds[table];
  const companyId = to.company.id;
  // Whoever makes a record there takes its number first, so from here on none is taken beside us.
  await advanceCounter(tx, { companyId, kind, count: 0 });
  await retireNumbers(tx, { companyId: from.company.id, kind, numbers: leaving, now: from.now });

  const ids = leaving.map(({ id }) => id);
  const restored = new Map(
    (await takeRetiredNumbers(tx, { companyId, kind, ids })).map(({ id, number }) => [id, number]),
  );
  const wanted = leaving.map(({ id, number }) => ({ id, number: restored.get(id) ?? number }));
  const taken = new Set(
    await findTakenNumbers(tx, { companyId, kind, numbers: wanted.map(({ number }) => number) }),
  );
  const kept = wanted.filter(({ number }) => !taken.has(number));
  const others = wanted.filter(({ number }) => taken.has(number));
  // First those that keep theirs: a number that comes along is not free any more.
  await giveNumberedRows(tx, move, table, kept);
  const numbers =
    table === "invoices"
      ? await takeNumbers(tx, to.company, others.length)
      : await takeQuoteNumbers(tx, to.company, others.length);
  const renumbered = others.map(({ id }, index) => ({ id, number: numbers[index]! }));
  await giveNumberedRows(tx, move, table, renumbered);

  const now = new Map([...kept, ...renumbered].map(({ id, number }) => [id, number]));
  return leaving.map(({ id, number }) => ({ id, before: number, number: now.get(id)! }));
}
