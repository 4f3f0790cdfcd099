import { formatNumber } from "../billing/numbers.ts";
import type { Tx } from "../db/client.ts";
import { advanceCounter, setCounter, type CounterKind } from "../db/counters.ts";
import { findTakenNumbers } from "../db/invoices.ts";
import { findTakenQuoteNumbers } from "../db/quotes.ts";

/** How far ahead one look reaches when numbers turn out to be taken. */
const LOOK_AHEAD = 1000;

/**
 * Takes the company's next `count` invoice numbers, in rising order. Their counter row stays locked
 * until the transaction ends, so call it once, as the last lock, and do nothing slow afterwards
 * (BILLING.md 4). Numbers some invoice already has, imported or deleted ones too, or had before it left
 * the company, are passed over.
 * One statement and one look, unless numbers are taken.
 */
export async function takeNumbers(
  tx: Tx,
  company: { id: number; invoicePrefix: string },
  count: number,
): Promise<string[]> {
  const { id: companyId, invoicePrefix: prefix } = company;
  return await takeFrom(tx, { companyId, kind: "invoice", prefix, findTakenNumbers }, count);
}

/** The company's next quote numbers, under the same rules as `takeNumbers`. */
export async function takeQuoteNumbers(
  tx: Tx,
  company: { id: number; quotePrefix: string },
  count: number,
): Promise<string[]> {
  const { id: companyId, quotePrefix: prefix } = company;
  const source = {
    companyId,
    kind: "quote",
    prefix,
    findTakenNumbers: findTakenQuoteNumbers,
  } as const;
  return await takeFrom(tx, source, count);
}

interface NumberSource {
  companyId: number;
  kind: CounterKind;
  prefix: string;
  findTakenNumbers: typeof findTakenNumbers;
}

async function takeFrom(tx: Tx, source: NumberSource, count: number): Promise<string[]> {
  if (count === 0) return [];
  const counter = { companyId: source.companyId, kind: source.kind };
  const first = await advanceCounter(tx, { ...counter, count });
  const free = await freeNumbers(tx, source, first, count);
  if (free.length === count) return free.map(({ text }) => text);

  let next = first + BigInt(count);
  while (free.length < count) {
    const window = Math.max(count - free.length, LOOK_AHEAD);
    free.push(...(await freeNumbers(tx, source, next, window)));
    next += BigInt(window);
  }
  const taken = free.slice(0, count);
  await setCounter(tx, { ...counter, nextValue: taken.at(-1)!.value + 1n });
  return taken.map(({ text }) => text);
}

async function freeNumbers(
  tx: Tx,
  { companyId, prefix, findTakenNumbers: findTaken }: NumberSource,
  first: bigint,
  count: number,
): Promise<{ value: bigint; text: string }[]> {
  const wanted = Array.from({ length: count }, (_, index) => {
    const value = first + BigInt(index);
    return { value, text: formatNumber(prefix, value) };
  });
  const taken = new Set(
    await findTaken(tx, { companyId, numbers: wanted.map(({ text }) => text) }),
  );
  return wanted.filter(({ text }) => !taken.has(text));
}
