import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { Sql, Tx } from "./client.ts";
import { inTransaction } from "./transaction.ts";

/** One file of `migrations/`. */
interface Migration {
  name: string;
  text: string;
  /** SHA-256 of the text, hex. */
  checksum: string;
}

interface AppliedRow {
  name: string;
  checksum: string;
}

const OWN_MIGRATIONS = new URL("./migrations/", import.meta.url);

/** Any number, the same in every process and version: the advisory lock under which one of them migrates. */
const LOCK_KEY = 7_305_197_001;

/**
 * Applies the migrations that this database has not seen, in order of their names, each in a
 * transaction of its own, and returns their names. Several processes may call it at once: they take
 * turns, and each migration is applied by one of them. One whose locks meet those of the older version's
 * work in a deadlock is applied again.
 *
 * Throws, before it changes anything, when a file that was applied has since been edited, or a new one
 * is numbered before one that was applied. A database that is ahead of us (a newer version ran) is left
 * alone: old and new versions run side by side during a deployment.
 */
export async function migrate(sql: Sql, folder: URL = OWN_MIGRATIONS): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const done: string[] = [];
  for (;;) {
    const name = await inTransaction(sql, async (tx) => await applyNext(tx, migrations));
    if (name === undefined) return done;
    done.push(name);
  }
}

async function applyNext(tx: Tx, migrations: readonly Migration[]): Promise<string | undefined> {
  // Both a large table and another process's turn may take longer than a pool allows a statement.
  await tx`set local statement_timeout = 0`;
  await tx`select pg_advisory_xact_lock(${LOCK_KEY})`;
  await tx`
    create table if not exists schema_migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )
  `;
  const applied = await tx<AppliedRow[]>`select name, checksum from schema_migrations`;
  const next = findPending(migrations, applied)[0];
  if (next === undefined) return undefined;
  try {
    // The file is ours and holds many statements, which only the simple protocol takes at once.
    await tx.unsafe(next.text).simple();
  } catch (error) {
    throw new Error(
      `Migration ${next.name} failed and was rolled back: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  await tx`insert into schema_migrations (name, checksum) values (${next.name}, ${next.checksum})`;
  return next.name;
}

/** Names of the migrations this version brings that the database has not seen, e.g. for a readiness check. */
export async function listPendingMigrations(
  sql: Sql,
  folder: URL = OWN_MIGRATIONS,
): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const [found] = await sql<{ exists: boolean }[]>`
    select to_regclass('schema_migrations') is not null as exists
  `;
  if (found?.exists !== true) return migrations.map((migration) => migration.name);
  const applied = await sql<AppliedRow[]>`select name, checksum from schema_migrations`;
  return findPending(migrations, applied).map((migration) => migration.name);
}

function findPending(
  migrations: readonly Migration[],
  applied: readonly AppliedRow[],
): Migration[] {
  const checksums = new Map(applied.map((row) => [row.name, row.checksum]));
  const last = migrations.findLast((migration) => checksums.has(migration.name));
  return migrations.filter((migration) => {
    const checksum = checksums.get(migration.name);
    if (checksum !== undefined && checksum !== migration.checksum) {
      throw new Error(
        `Migration ${migration.name} was edited after it had been applied. Restore it and put the change into a new file.`,
      );
    }
    if (checksum === undefined && last !== undefined && migration.name < last.name) {
      throw new Error(
        `Migration ${migration.name} comes before ${last.name}, which has already been applied. Give it a later number.`,
      );
    }
    return checksum === undefined;
  });
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted();
  return await Promise.all(
    names.map(async (name, index) => {
      if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(name)) {
        throw new Error(`Migration ${name} is not named like 0007_reminders.sql.`);
      }
      if (names[index - 1]?.slice(0, 4) === name.slice(0, 4)) {
        throw new Error(`Migrations ${names[index - 1]} and ${name} have the same number.`);
      }
      const text = await readFile(new URL(name, folder), "utf8");
      // A checkout may have other line ends; that is no edit.
      const checksum = createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
      return { name, text, checksum };
    }),
  );
}
