import type { Tx } from "./client.ts";
import type { CounterKind } from "./counters.ts";

/** A record's number, as it stands on paper. */
export interface RecordNumber {
  id: number;
  number: string;
}

/** Keeps numbers whose records leave a company: nobody else gets them there (BILLING.md section 4). */
export async function retireNumbers(
  tx: Tx,
  input: { companyId: number; kind: CounterKind; numbers: readonly RecordNumber[]; now: Date },
): Promise<void> {
  await tx`
    insert into retired_numbers (company_id, kind, number, record_id, retired_at)
    select ${input.companyId}, ${input.kind}, p.number, p.id, ${input.now}
    from unnest(
      ${input.numbers.map(({ id }) => id)}::int8[],
      ${input.numbers.map(({ number }) => number)}::text[]
    ) as p (id, number)
  `;
}

/** Gives records back the numbers they had here before they left. */
export async function takeRetiredNumbers(
  tx: Tx,
  input: { companyId: number; kind: CounterKind; ids: readonly number[] },
): Promise<RecordNumber[]> {
  return await tx<RecordNumber[]>`
    delete from retired_numbers
    where company_id = ${input.companyId} and kind = ${input.kind}
      and record_id = any(${[...input.ids]}::int8[])
    returning record_id as id, number
  `;
}
