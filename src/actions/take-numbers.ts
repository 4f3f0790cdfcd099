import type { Tx } from "../db/client.ts";
import { advanceCounter, listFreeNumbers, setCounter, type CounterKind } from "../db/counters.ts";

/** How far ahead one look reaches when numbers turn out to be taken. */
const LOOK_AHEAD = 1000;

/**
 * Takes the company's next `count` invoice numbers, in rising order. Their counter row stays locked
 * until the transaction ends, so call it once, as the last lock, and do nothing slow afterwards
 * (BILLING.md 4). Numbers some invoice already has, imported or deleted ones too, or had before it left
 * the company, are passed over.
 * One round trip, unless numbers are taken.
 */
export async function takeNumbers(
  tx: Tx,
  company: { id: number; invoicePrefix: string },
  count: number,
): Promise<string[]> {
  const { id: companyId, invoicePrefix: prefix } = company;
  return await takeFrom(tx, { companyId, kind: "invoice", prefix }, count);
}

/** The company's next quote numbers, under the same rules as `takeNumbers`. */
export async function takeQuoteNumbers(
  tx: Tx,
  company: { id: number; quotePrefix: string },
  count: number,
): Promise<string[]> {
  const { id: companyId, quotePrefix: prefix } = company;
  return await takeFrom(tx, { companyId, kind: "quote", prefix }, count);
}

interface NumberSource {
  companyId: number;
  kind: CounterKind;
  prefix: string;
}

async function takeFrom(tx: Tx, source: NumberSource, count: number): Promise<string[]> {
  if (count === 0) return [];
  const counter = { companyId: source.companyId, kind: source.kind };
  // Both are sent at once: the second begins when the first holds the lock, so it sees what others wrote
  // before.
  const [first, free] = await Promise.all([
    advanceCounter(tx, { ...counter, count }),
    listFreeNumbers(tx, { ...source, count }),
  ]);
  if (free.length === count) return free.map(({ text }) => text);

  let next = first + BigInt(count);
  while (free.length < count) {
    const window = Math.max(count - free.length, LOOK_AHEAD);
    free.push(...(await listFreeNumbers(tx, { ...source, first: next, count: window })));
    next += BigInt(window);
  }
  const taken = free.slice(0, count);
  await setCounter(tx, { ...counter, nextValue: taken.at(-1)!.value + 1n });
  return taken.map(({ text }) => text);
}
