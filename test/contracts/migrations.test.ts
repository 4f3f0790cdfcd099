import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Tx } from "../../src/db/client.ts";
import { setup } from "../support/setup.ts";

const FOLDER = new URL("../../src/db/migrations/", import.meta.url);
/** Those up to here were written before books were large. */
const LAST_UNBOUND = "0037_";

test("a migration that builds an index over rows that are there lets everybody go on reading", async () => {
  const { sql } = await setup();
  await sql`drop schema public cascade`;
  await sql`create schema public`;
  const stopping: string[] = [];
  for (const name of (await readdir(FOLDER)).toSorted()) {
    const text = await readFile(new URL(name, FOLDER), "utf8");
    await sql.begin(async (tx) => {
      const tables = await listTables(tx);
      const known = await listIndexes(tx, tables);
      await tx.unsafe(text).simple();
      const builds = (await listIndexes(tx, tables)).some((file) => !known.includes(file));
      const locked = await listLocked(tx, tables);
      if (name > LAST_UNBOUND && builds && locked.length > 0) {
        stopping.push(`${name}: nobody reads ${locked.join(", ")}`);
      }
    });
  }
  expect(stopping).toEqual([]);
});

async function listTables(tx: Tx): Promise<number[]> {
  const rows = await tx<{ oid: number }[]>`
    select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
  `;
  return rows.map(({ oid }) => oid);
}

/** The files in which the indexes over these tables are. */
async function listIndexes(tx: Tx, tables: readonly number[]): Promise<number[]> {
  const rows = await tx<{ file: number }[]>`
    select pg_relation_filenode(indexrelid) as file
    from pg_index
    where indrelid = any(${[...tables]}::oid[])
  `;
  return rows.map(({ file }) => file);
}

/** Which of these tables nobody else can read until the transaction ends. */
async function listLocked(tx: Tx, tables: readonly number[]): Promise<string[]> {
  const rows = await tx<{ name: string }[]>`
    select relation::regclass::text as name
    from pg_locks
    where pid = pg_backend_pid() and mode = 'AccessExclusiveLock'
      and relation = any(${[...tables]}::oid[])
    order by name
  `;
  return rows.map(({ name }) => name);
}
