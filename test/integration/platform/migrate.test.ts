import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../../../src/db/client.ts";
import { listPendingMigrations, migrate } from "../../../src/db/migrate.ts";
import { eventually } from "../../support/eventually.ts";
import { setup } from "../../support/setup.ts";

/** A database without any migration, and a folder of migrations. */
async function setUpEmpty() {
  const { sql, databaseUrl, defer } = await setup();
  await sql`drop table schema_migrations`;
  const folder = await mkdtemp(join(tmpdir(), "nightledger-migrations-"));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  return {
    sql,
    databaseUrl,
    defer,
    folder: pathToFileURL(`${folder}/`),
    write: async (name: string, text: string) => await writeFile(join(folder, name), text),
  };
}

test("our own migrations are all applied in a test's database", async () => {
  const { sql } = await setup();
  expect(await listPendingMigrations(sql)).toEqual([]);
  expect(await migrate(sql)).toEqual([]);
});

test("each file is applied once, in order of the numbers", async () => {
  const { sql, folder, write } = await setUpEmpty();
  await write("0002_second.sql", "insert into log values (2); insert into log values (3);");
  await write("0001_first.sql", "create table log (n int);\n-- A comment; with a semicolon.\n");
  expect(await listPendingMigrations(sql, folder)).toEqual(["0001_first.sql", "0002_second.sql"]);
  expect(await migrate(sql, folder)).toEqual(["0001_first.sql", "0002_second.sql"]);
  expect(await migrate(sql, folder)).toEqual([]);

  await write("0003_third.sql", "insert into log values (4);");
  expect(await migrate(sql, folder)).toEqual(["0003_third.sql"]);
  expect(await sql`select n from log order by n`).toEqual([{ n: 2 }, { n: 3 }, { n: 4 }]);
});

test("an edited file is refused by name, and nothing is applied", async () => {
  const { sql, folder, write } = await setUpEmpty();
  await write("0001_first.sql", "create table one ();");
  await migrate(sql, folder);
  await write("0001_first.sql", "create table one (); -- edited");
  await write("0002_second.sql", "create table two ();");
  const message = "Migration 0001_first.sql was edited after it had been applied";
  await expect(migrate(sql, folder)).rejects.toThrow(message);
  await expect(listPendingMigrations(sql, folder)).rejects.toThrow(message);
  expect(await sql`select to_regclass('two') as two`).toEqual([{ two: null }]);
});

test("other line ends are no edit", async () => {
  const { sql, folder, write } = await setUpEmpty();
  await write("0001_first.sql", "create table one ();\n-- end\n");
  await migrate(sql, folder);
  await write("0001_first.sql", "create table one ();\r\n-- end\r\n");
  expect(await migrate(sql, folder)).toEqual([]);
});

test("a failing file is rolled back whole and named; those before it stay", async () => {
  const { sql, folder, write } = await setUpEmpty();
  await write("0001_first.sql", "create table one ();");
  await write("0002_second.sql", "create table two (); select 1 / 0;");
  await expect(migrate(sql, folder)).rejects.toThrow(
    "Migration 0002_second.sql failed and was rolled back: division by zero",
  );
  expect(
    await sql`select to_regclass('one') is not null as one, to_regclass('two') as two`,
  ).toEqual([{ one: true, two: null }]);
  await write("0002_second.sql", "create table two ();");
  expect(await migrate(sql, folder)).toEqual(["0002_second.sql"]);
});

test("a file whose locks meet those of work under way is applied once that is done", async () => {
  const { sql, folder, write } = await setUpEmpty();
  await sql`create table one ()`;
  await sql`create table two ()`;
  await sql`
    create view others as
    select relation, granted from pg_locks
    where relation in ('one'::regclass, 'two'::regclass) and pid <> pg_backend_pid()
      and database = (select oid from pg_database where datname = current_database())
  `;
  await write(
    "0001_first.sql",
    `set local deadlock_timeout = '10ms';
    lock table one in access exclusive mode;
    -- Until the other one waits for us, or has ended.
    do $$ begin
      while exists (select from others) and not exists (select from others where not granted) loop
        perform pg_sleep(0.01);
      end loop;
    end $$;
    lock table two in access exclusive mode;
    create table three ();`,
  );
  let applied: Promise<unknown> | undefined;
  await sql.begin(async (tx) => {
    await tx`set local deadlock_timeout = '1min'`;
    await tx`select from two`;
    applied = migrate(sql, folder).catch((error: unknown) => error);
    await eventually(async () => {
      const locks = await sql`select from others where relation = 'one'::regclass`;
      return locks.length === 1;
    });
    await tx`select from one`;
  });
  expect(await applied).toEqual(["0001_first.sql"]);
  expect(await sql`select to_regclass('three') is not null as three`).toEqual([{ three: true }]);
});

test("a number before one that was applied, a number twice and a strange name are refused", async () => {
  const { sql, folder, write } = await setUpEmpty();
  await write("0002_second.sql", "create table two ();");
  await migrate(sql, folder);
  await write("0001_late.sql", "create table late ();");
  await expect(migrate(sql, folder)).rejects.toThrow(
    "Migration 0001_late.sql comes before 0002_second.sql, which has already been applied",
  );

  const { folder: folder2, write: write2 } = await setUpEmpty();
  await write2("0002_second.sql", "select 1;");
  await write2("0002_again.sql", "select 1;");
  await expect(migrate(sql, folder2)).rejects.toThrow(
    "Migrations 0002_again.sql and 0002_second.sql have the same number",
  );

  const { folder: folder3, write: write3 } = await setUpEmpty();
  await write3("3-third.sql", "select 1;");
  await expect(migrate(sql, folder3)).rejects.toThrow("3-third.sql is not named like");
});

test("a database that a newer version has migrated is left alone", async () => {
  const { sql, folder, write } = await setUpEmpty();
  await write("0001_first.sql", "create table one ();");
  await migrate(sql, folder);
  await sql`insert into schema_migrations (name, checksum) values ('0002_newer.sql', 'unknown here')`;
  expect(await migrate(sql, folder)).toEqual([]);
});

test("several processes at once apply each file once, with a pool of one and a short patience", async () => {
  const { databaseUrl, sql, folder, write, defer } = await setUpEmpty();
  await write("0001_first.sql", "create table log (n int); select pg_sleep(0.1);");
  await write("0002_second.sql", "insert into log values (2); select pg_sleep(0.1);");
  const pools = Array.from({ length: 4 }, () =>
    openDatabase({
      url: databaseUrl,
      connectionsMax: 1,
      applicationName: "m",
      statementTimeoutMs: 50,
    }),
  );
  for (const pool of pools) defer(() => pool.end());
  const applied = await Promise.all(pools.map(async (pool) => await migrate(pool, folder)));
  expect(applied.flat().toSorted()).toEqual(["0001_first.sql", "0002_second.sql"]);
  expect(await sql`select n from log`).toEqual([{ n: 2 }]);
});
