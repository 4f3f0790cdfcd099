import { expect, test } from "vitest";
import { openDatabase } from "../../../src/db/client.ts";
import { setup } from "../../support/setup.ts";

test("each test has a migrated database of its own", async () => {
  const one = await setup();
  const two = await setup();
  await one.sql`create table only_here (id int)`;
  const [found] = await two.sql<{ here: boolean; migrated: boolean }[]>`
    select to_regclass('only_here') is not null as here,
           to_regclass('companies') is not null as migrated
  `;
  expect(found).toEqual({ here: false, migrated: true });
});

test("a database is gone after its test, and what was deferred was closed before, last first", async () => {
  const { sql: watching } = await setup();
  const { sql, defer, close, databaseUrl } = await setup();
  const order: string[] = [];
  defer(async () => {
    const [row] = await sql<{ one: number }[]>`select 1 as one`;
    order.push(`first, and the pool still answered ${row?.one}`);
  });
  defer(() => order.push("second"));
  await close();
  expect(order).toEqual(["second", "first, and the pool still answered 1"]);
  const name = new URL(databaseUrl).pathname.slice(1);
  expect(await watching`select 1 from pg_database where datname = ${name}`).toEqual([]);
});

test("a connection that a test leaves open is reported by its name", async () => {
  const { databaseUrl, close } = await setup();
  const forgotten = openDatabase({
    url: databaseUrl,
    connectionsMax: 1,
    applicationName: "forgotten",
  });
  await forgotten`select 1`;
  await expect(close()).rejects.toThrow('left 1 database connections of "forgotten" open');
  await forgotten.end();
});
