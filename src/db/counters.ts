import type { Tx } from "./client.ts";

export type CounterKind = "invoice" | "quote";

/**
 * Moves a company's counter on by `count` and returns the first value it passed over. The row stays
 * locked until the transaction ends, so a rollback gives the values back (BILLING.md 4): take it last.
 */
export async function advanceCounter(
  tx: Tx,
  { companyId, kind, count }: { companyId: number; kind: CounterKind; count: number },
): Promise<bigint> {
  const [row] = await tx<{ first: bigint }[]>`
    insert into counters (company_id, kind, next_value)
    values (${companyId}, ${kind}, 1 + ${count}::int8)
    on conflict (company_id, kind)
      do update set next_value = counters.next_value + ${count}::int8
    returning next_value - ${count}::int8 as first
  `;
  return row!.first;
}

/** Says which value is next. Only for who holds the row's lock, that is, after `advanceCounter`. */
export async function setCounter(
  tx: Tx,
  { companyId, kind, nextValue }: { companyId: number; kind: CounterKind; nextValue: bigint },
): Promise<void> {
  await tx`
    update counters set next_value = ${nextValue.toString()}::int8
    where company_id = ${companyId} and kind = ${kind}
  `;
}
