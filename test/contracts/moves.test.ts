import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  arrivals,
  lockOrder,
  movableTables,
  namedTables,
  references,
  staying,
  subjectTypes,
} from "../../src/db/move-rules.ts";
import { listColumns, listForeignKeys } from "../support/schema-dump.ts";
import { setup } from "../support/setup.ts";

const HOW =
  "Decide in src/db/move-rules.ts what becomes of it when a record moves to another company";

test("what becomes of every reference from or to a record that moves is decided, once", async () => {
  const { sql } = await setup();
  const known = (await listForeignKeys(sql))
    .filter(({ columns }) => columns.includes("company_id") && columns.length > 1)
    .filter(({ table, target }) => movableTables.has(table) || movableTables.has(target))
    .map(({ table, columns, target }) => {
      const named = columns.filter((name) => name !== "company_id");
      return `${table}.${named.join("+")} to ${target}`;
    });
  const decided = references.map(({ from, column, to }) => `${from}.${column} to ${to}`);
  expect(decided.toSorted(), HOW).toEqual(known.toSorted());
});

test("every table with rows of a company moves along, or stays for a reason", async () => {
  const { sql } = await setup();
  const columns = await listColumns(sql);
  const ofCompanies = new Set(
    columns.filter(({ name }) => name === "company_id").map(({ table }) => table),
  );
  // Their rows are deleted with those they say something of, and are nobody's to take along.
  const others = new Set(["project_members", "rule_uses"]);
  const undecided = [...ofCompanies].filter(
    (table) => !movableTables.has(table) && staying[table] === undefined && !others.has(table),
  );
  expect(undecided, HOW).toEqual([]);
  expect(Object.keys(staying).filter((table) => movableTables.has(table))).toEqual([]);
  expect(Object.keys(staying).filter((table) => !ofCompanies.has(table))).toEqual([]);

  // What the rules name is there.
  const isThere = (table: string, column: string): boolean =>
    columns.some((known) => known.table === table && known.name === column);
  const settings = [
    ...Object.entries(arrivals).map(([table, values]) => [table, values] as const),
    ...references.map(({ from, remembers = {} }) => [from, remembers] as const),
  ];
  for (const [table, values] of settings) {
    for (const column of Object.keys(values))
      expect([table, column, isThere(table, column)]).toEqual([table, column, true]);
  }
  expect([...lockOrder].toSorted()).toEqual([...namedTables].toSorted());
  expect(Object.keys(subjectTypes).filter((table) => !namedTables.has(table))).toEqual([]);
});

test("a reference that a move passes can be looked at when the transaction ends, and be cleared", async () => {
  const { sql } = await setup();
  const keys = await sql<{ table: string; name: string; target: string; isDeferrable: boolean }[]>`
    select
      conrelid::regclass::text as table, conname as name, confrelid::regclass::text as target,
      condeferrable as is_deferrable
    from pg_constraint
    where contype = 'f' and connamespace = 'public'::regnamespace and cardinality(conkey) > 1
  `;
  const rigid = keys.filter(
    ({ target, isDeferrable }) => movableTables.has(target) && !isDeferrable,
  );
  expect(
    rigid.map(({ table, name }) => `${table}: ${name}`),
    'Write "deferrable initially immediate" behind these references',
  ).toEqual([]);

  const columns = await listColumns(sql);
  const stuck = references
    .filter(({ rule }) => rule === "stays")
    .filter(({ from, column }) =>
      columns.some(
        ({ table, name, isNullable }) => table === from && name === column && !isNullable,
      ),
    );
  expect(stuck.map(({ from, column }) => `${from}.${column}`)).toEqual([]);
});

test("no record has to read a whole company to leave it", async () => {
  const { sql } = await setup();
  // Each reference to a row is looked for by (company_id, column) when the row goes.
  const indexes = await sql<{ table: string; columns: string[] }[]>`
    select
      indrelid::regclass::text as table,
      array(
        select attname::text
        from unnest(indkey::int[]) with ordinality as key (number, place)
        join pg_attribute on attrelid = indrelid and attnum = number
        order by place
      ) as columns
    from pg_index
    join pg_class on pg_class.oid = indrelid
    where relnamespace = 'public'::regnamespace
  `;
  const slow = references
    .filter(({ to }) => movableTables.has(to))
    .filter(
      ({ from, column }) =>
        !indexes.some(
          ({ table, columns }) =>
            table === from && columns[0] === "company_id" && columns[1] === column,
        ),
    );
  expect(slow.map(({ from, column }) => `${from}.${column}`)).toEqual([]);
});

test("decision 0008 names every table", () => {
  const text = readFileSync(
    join(import.meta.dirname, "../../docs/decisions/0008-moving-between-companies.md"),
    "utf8",
  );
  const tables = [...movableTables, ...Object.keys(staying)];
  expect(tables.filter((table) => !text.includes(`\`${table}\``))).toEqual([]);
});
