import type { Sql, Tx } from "./client.ts";

/** Where the numbers of each kind are. */
const NUMBERED = {
  invoice: { table: "invoices", column: "invoice_number" },
  quote: { table: "quotes", column: "quote_number" },
} as const;

export type CounterKind = keyof typeof NUMBERED;

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

/**
 * Of `count` values from `first` on, in rising order, those whose number no record of the company has or
 * ever had: prefix plus value, zero-padded to 5 digits and growing past them (BILLING.md 4). Without
 * `first`: of those the counter passed over last. Only for who holds the counter's lock.
 */
export async function listFreeNumbers(
  tx: Tx,
  source: { companyId: number; kind: CounterKind; prefix: string; first?: bigint; count: number },
): Promise<{ value: bigint; text: string }[]> {
  const { companyId, kind, prefix, first, count } = source;
  const { table, column } = NUMBERED[kind];
  const passedOver = tx`
    select next_value - ${count}::int8 from counters
    where company_id = ${companyId} and kind = ${kind}
  `;
  return await tx<{ value: bigint; text: string }[]>`
    select number.value, number.text
    from (${first === undefined ? passedOver : tx`select ${first.toString()}::int8`}) as start (value)
    cross join generate_series(start.value, start.value + ${count}::int8 - 1) as given (value)
    cross join lateral (
      select given.value,
        ${prefix}::text || lpad(given.value::text, greatest(5, length(given.value::text)), '0') as text
    ) as number
    -- Not "not exists": PostgreSQL might then read all the numbers a company ever had, to look up a few.
    where (
        select true from ${tx(table)} taken
        where taken.company_id = ${companyId} and taken.${tx(column)} = number.text
        limit 1
      ) is null
      and (
        select true from retired_numbers retired
        where retired.company_id = ${companyId} and retired.kind = ${kind}
          and retired.number = number.text
        limit 1
      ) is null
    order by number.value
  `;
}

/** Those of the numbers that a record of the company has, or had before it left; deleted ones too. */
export async function findTakenNumbers(
  sql: Sql | Tx,
  wanted: { companyId: number; kind: CounterKind; numbers: readonly string[] },
): Promise<string[]> {
  const { companyId, kind, numbers } = wanted;
  const { table, column } = NUMBERED[kind];
  const rows = await sql<{ number: string }[]>`
    select ${sql(column)} as number
    from ${sql(table)}
    where company_id = ${companyId} and ${sql(column)} = any(${[...numbers]}::text[])
    union all
    select number
    from retired_numbers
    where company_id = ${companyId} and kind = ${kind} and number = any(${[...numbers]}::text[])
  `;
  return rows.map(({ number }) => number);
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
