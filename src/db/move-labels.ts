import type { Tx } from "./client.ts";

/**
 * The like, in another company, of each of these tags, categories or tax rates: of the same name (in
 * any case) and rate, and deleted or not as it is. One that has none there is copied; no two get the
 * same one.
 */
export async function matchLabels(
  tx: Tx,
  input: { from: number; to: number; table: string; ids: readonly number[]; now: Date },
): Promise<{ here: number; there: number }[]> {
  const { from, to, table, ids } = input;
  if (ids.length === 0) return [];
  const identity = identityIn(tx, table);
  const wanted = await tx<LabelRow[]>`
    select id, ${identity} as identity from ${tx(table)}
    where company_id = ${from} and id = any(${[...ids]}::int8[])
    order by id
  `;
  const free = await tx<LabelRow[]>`
    select id, ${identity} as identity from ${tx(table)}
    where company_id = ${to} and ${identity} = any(${wanted.map((row) => row.identity)}::text[])
    order by id
  `;
  const left = [...free];
  const matches: { here: number; there: number }[] = [];
  for (const { id: here, identity: name } of wanted) {
    const place = left.findIndex((row) => row.identity === name);
    const [found] = place < 0 ? [] : left.splice(place, 1);
    matches.push({ here, there: found?.id ?? (await copyLabel(tx, { ...input, id: here })) });
  }
  return matches;
}

interface LabelRow {
  id: number;
  identity: string;
}

/** What tells the labels of a table apart, as SQL. */
function identityIn(tx: Tx, table: string) {
  const state = tx`case when deleted_at is null then '' else ' (deleted)' end`;
  if (table === "tax_rates") return tx`lower(name) || ' ' || rate::text || ${state}`;
  return tx`lower(name) || ${state}`;
}

async function copyLabel(
  tx: Tx,
  input: { from: number; to: number; table: string; id: number; now: Date },
): Promise<number> {
  const { from, to, table, id, now } = input;
  const rate = table === "tax_rates" ? tx`, rate` : tx``;
  const [row] = await tx<{ id: number }[]>`
    insert into ${tx(table)} (company_id, name ${rate}, deleted_at, created_at, updated_at)
    select ${to}, name ${rate}, deleted_at, ${now}, ${now}
    from ${tx(table)}
    where company_id = ${from} and id = ${id}
    returning id
  `;
  return row!.id;
}
