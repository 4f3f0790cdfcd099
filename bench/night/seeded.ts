import { openDatabase, type Sql } from "../../src/db/client.ts";
import { migrate } from "../../src/db/migrate.ts";
import { tell } from "../report.ts";
import type { BenchServer } from "../server.ts";
import { seedNight } from "./seed.ts";

/** Gives `measure` the name of a database with so many series due, and drops it afterwards. */
export async function withSeededDatabase(
  server: BenchServer,
  seriesCount: number,
  measure: (template: string) => Promise<void>,
): Promise<void> {
  const name = `night_${seriesCount}`;
  tell(`making a book of ${seriesCount} series`);
  await server.createDatabase(name);
  try {
    await withConnection(server.url(name), async (sql) => {
      await migrate(sql);
      await seedNight(sql, seriesCount);
    });
    await measure(name);
  } finally {
    await server.dropDatabase(name);
  }
}

/** Gives `measure` a fresh copy of a seeded database, and drops it afterwards. */
export async function onCopy<Result>(
  server: BenchServer,
  template: string,
  measure: (url: string) => Promise<Result>,
): Promise<Result> {
  const name = `${template}_copy`;
  await server.copyDatabase(template, name);
  try {
    return await measure(server.url(name));
  } finally {
    await server.dropDatabase(name);
  }
}

/** Opens one connection for as long as `work` takes. */
export async function withConnection<Result>(
  url: string,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> {
  const sql = openDatabase({ url, connectionsMax: 1, applicationName: "bench" });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
