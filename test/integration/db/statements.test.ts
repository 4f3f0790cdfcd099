import { EventEmitter, once } from "node:events";
import { expect, test } from "vitest";
import { openDatabase, planAnew, type Sql, type Tx } from "../../../src/db/client.ts";
import { defineTogether } from "../../../src/db/together.ts";
import { untilBlocked } from "../../support/blocked.ts";
import { setup } from "../../support/setup.ts";

test("a statement is made of parts, names, rows and values, and each of them is its own", async () => {
  const { sql } = await setup();
  await sql`create table things (id int8, some_text text, numbers int[])`;
  const columns = (of: Sql) => sql`${of("id")}, some_text`;
  const find = (id: number, text?: string) => sql`
    select ${columns(sql)}, ${id}::int as asked
    from ${sql("things")} as ${sql("listed")}
    where id >= ${id} ${text === undefined ? sql`` : sql`and some_text = ${text}`}
    order by ${sql("id")} ${id > 1 ? sql`desc` : sql`asc`}
  `;
  await sql`insert into things ${sql([
    { id: 1, someText: "a $1", numbers: [1, 2] },
    { id: 2, someText: "b", numbers: [] },
  ])}`;
  await sql`update things set ${sql({ someText: "b2" })} where id = ${2}`;
  // The same templates, with other values and with more or less of them.
  for (let round = 0; round < 2; round += 1) {
    expect(await find(1)).toEqual([
      { id: 1, someText: "a $1", asked: 1 },
      { id: 2, someText: "b2", asked: 1 },
    ]);
    expect(await find(2)).toEqual([{ id: 2, someText: "b2", asked: 2 }]);
    expect(await find(1, "a $1")).toEqual([{ id: 1, someText: "a $1", asked: 1 }]);
    expect(await find(1, "' or true --")).toEqual([]);
  }
  const [row] = await sql`
    select numbers, ${[3, 4]}::int[] as others, ${null} as nothing, ${sql.json({ a: [1] })} as more
    from things where id = ${1}
  `;
  expect(row).toEqual({ numbers: [1, 2], others: [3, 4], nothing: null, more: { a: [1] } });
  expect(await sql`select id from things order by id`.values()).toEqual([[1], [2]]);
});

test("a list of parts stands one after the other, however many there are", async () => {
  const { sql } = await setup();
  const shown = (names: readonly string[], last: number) => sql`
    select ${0}::int as first ${names.map((name, index) => sql`, ${index + 1}::int as ${sql(name)}`)},
      ${last}::int as last
  `;
  for (let round = 0; round < 2; round += 1) {
    expect(await shown(["one"], 9)).toEqual([{ first: 0, one: 1, last: 9 }]);
    expect(await shown(["one", "two"], 8)).toEqual([{ first: 0, one: 1, two: 2, last: 8 }]);
    expect(await shown(["two", "one"], 7)).toEqual([{ first: 0, two: 1, one: 2, last: 7 }]);
  }
});

test("a part that is never waited for asks nothing; one statement awaited twice asks once", async () => {
  const { sql } = await setup();
  await sql`create sequence asked`;
  void sql`select nextval('asked')`;
  const asking = sql<{ nextval: bigint }[]>`select nextval('asked')`;
  expect([await asking, await asking]).toEqual([[{ nextval: 1n }], [{ nextval: 1n }]]);
  await expect(sql`select 1 / ${0}::int`).rejects.toMatchObject({ code: "22012" });
  const caught = await sql`select 1 / ${0}::int`.catch((error: { code: string }) => error.code);
  expect(caught).toBe("22012");
  const rolledBack = sql.begin(async (tx) => {
    await tx`create table kept ()`;
    await tx`select 1 / ${0}::int`;
  });
  await expect(rolledBack).rejects.toMatchObject({ code: "22012" });
  expect(await sql`select to_regclass('kept') as name`).toEqual([{ name: null }]);
});

const selectText = (of: Sql | Tx, text: string, id: number) => of`
  select ${of(text)}::text as text from (select 'a' as kept, 'b' as anew) as texts where ${id}::int > 0
`;

test("a statement that is to be planned anew is not kept by its connection, in a transaction neither", async () => {
  const { sql } = await setup({ connectionsMax: 1 });
  for (let id = 1; id < 8; id += 1) {
    expect(await selectText(sql, "kept", id)).toEqual([{ text: "a" }]);
    expect(await planAnew(selectText(sql, "anew", id))).toEqual([{ text: "b" }]);
    await sql.begin(async (tx) => {
      expect(await planAnew(selectText(tx, "anew", id))).toEqual([{ text: "b" }]);
    });
  }
  const kept = await sql<{ statement: string }[]>`
    select statement from pg_prepared_statements where statement like '%as texts%'
      and statement not like '%pg_prepared_statements%'
  `;
  expect(kept.map(({ statement }) => /select "(\w+)"/.exec(statement)?.[1])).toEqual(["kept"]);
});

test("what is read together is what is read one by one, of every type and however it is written", async () => {
  const { sql } = await setup();
  const strange = [
    `"quoted"`,
    `back\\slash, comma) (bracket`,
    "",
    " ",
    "a\nb\tc",
    "'",
    "(1,2)",
    "ä€𝄞",
    "null",
    `{"a":1}`,
  ];
  const texts = () => sql<{ id: number; text: string | null }[]>`
    select row_number() over () as id, text
    from unnest(${[...strange, null]}::text[]) with ordinality as given (text, place)
    order by place
  `;
  const types = () => sql<Record<string, unknown>[]>`
    select
      12::int8 as client_id, 9007199254740993::int8 as amount, 7::int4 as count, true as is_it,
      false as is_not, 1.50::numeric(10,2) as rate, 0.1::float8 as share, '2026-02-28'::date as due_date,
      '2026-02-28 23:59:59.123+00'::timestamptz as sent_at, ${sql.json({ a: [1, 'b"c'] })}::jsonb as more,
      '018f0000-0000-7000-8000-000000000000'::uuid as uuid, array['x', 'y "z"', null] as names,
      array[1, 2]::int8[] as ids, '\\x00ff'::bytea as hash, null::int8 as nothing
  `;
  const none = () => sql<{ id: number }[]>`select 1::int8 as id where false`;
  const asked = ({ id, name }: { id: number; name: string | null }) =>
    sql<
      { id: number; name: string | null; ids: bigint[] }[]
    >`select ${id}::int8 as id, ${name}::text as name, ${[id]}::int8[] as ids`;
  const readEverything = defineTogether((_sql, key: { id: number; name: string | null }) => ({
    texts: texts(),
    types: types(),
    none: none(),
    asked: asked(key),
  }));
  for (const key of [
    { id: 1, name: "one" },
    { id: 2, name: null },
  ]) {
    const together = await readEverything(sql, key);
    expect(together).toEqual({
      texts: [...(await texts())],
      types: [...(await types())],
      none: [],
      asked: [{ ...key, ids: [BigInt(key.id)] }],
    });
    expect(together.texts.map(({ text }) => text)).toEqual([...strange, null]);
  }
});

test("of things done at once in a transaction, what is left of the others when one fails is not done", async () => {
  const { sql } = await setup();
  await sql`create table notes (text text)`;
  const late: Promise<unknown>[] = [];
  const failing = async (tx: Tx): Promise<void> => {
    const two = async (): Promise<void> => {
      await tx`select 1`;
      await tx`insert into notes values ('late')`;
    };
    const both = two();
    late.push(both.catch((error: { code: string }) => error.code));
    await Promise.all([both, Promise.reject(new Error("no"))]);
  };
  await expect(sql.begin(failing)).rejects.toThrow("no");
  await sql.begin(async (tx) => {
    await expect(tx.savepoint(failing)).rejects.toThrow("no");
    await tx`insert into notes values ('outside')`;
  });
  expect(await Promise.all(late)).toEqual(["CONNECTION_CLOSED", "CONNECTION_CLOSED"]);
  expect(await sql`select text from notes`).toEqual([{ text: "outside" }]);
});

test("what waits for a lock holds up nothing else that a free connection could do", async () => {
  const { sql, databaseUrl, defer } = await setup({ connectionsMax: 2 });
  const other = openDatabase({ url: databaseUrl, connectionsMax: 2, applicationName: "other" });
  defer(() => other.end());
  const lock = (id: number) => sql`select pg_advisory_xact_lock(${id}::int)`;
  // Known to both connections: what the driver has prepared is sent at once.
  for (let round = 0; round < 4; round += 1) await Promise.all([lock(2), lock(3)]);
  const holder = await other.reserve();
  await holder`select pg_advisory_lock(1)`;
  const release = new EventEmitter();
  const released = once(release, "now");
  const busy = sql.begin(async (tx) => {
    await tx`select 1`;
    await released;
  });
  const waited = lock(1).then(() => true);
  await untilBlocked(other);
  const late = sql.begin(async (tx) => await tx`select 1 as done`);
  release.emit("now");
  await busy;
  expect(await late).toEqual([{ done: 1 }]);
  await holder`select pg_advisory_unlock(1)`;
  holder.release();
  expect(await waited).toBe(true);
});

test("what still waits for a connection when the pool is closed is refused", async () => {
  const { databaseUrl, sql } = await setup();
  const pool = openDatabase({ url: databaseUrl, connectionsMax: 1, applicationName: "closing" });
  const holder = await sql.reserve();
  await holder`select pg_advisory_lock(1)`;
  const blocked = pool`select pg_advisory_xact_lock(1)`.then(() => true);
  const waiting = pool`select 1`.catch((error: { code: string }) => error.code);
  await untilBlocked(sql);
  const end = pool.end();
  expect(await waiting).toBe("CONNECTION_ENDED");
  await holder`select pg_advisory_unlock(1)`;
  holder.release();
  expect(await blocked).toBe(true);
  await end;
});
