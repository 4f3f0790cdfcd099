import { Redis } from "ioredis";
import { inject, onTestFinished } from "vitest";
import { openDatabase, type Sql } from "../../src/db/client.ts";
import { createTestClock, type TestClock } from "./clock.ts";
import { DatabaseServer } from "./database-server.ts";
import { askAt } from "./door.ts";
import { eventually } from "./eventually.ts";

export interface TestSetup {
  /** A pool on the test's own database. */
  sql: Sql;
  databaseUrl: string;
  /** Where queues go: the test's database, or the Redis server of QUEUE_URL. */
  queueUrl: string;
  /** Begins all keys of this test in Redis; other tests share the server. */
  queuePrefix: string;
  clock: TestClock;
  /** Closed after the test, the last one first, before `sql` and the database are. */
  defer: (close: () => unknown) => void;
  /** Done by itself after the test that called `setup()`. */
  close: () => Promise<void>;
}

export interface SetupOptions {
  /** What the clock says at first. */
  now?: Date | string;
  /** Of `sql`. */
  connectionsMax?: number;
}

let server: Promise<DatabaseServer> | undefined;
let databaseCount = 0;

/**
 * A database of the test's own, copied from a migrated template, and what goes with it. Call it inside
 * a test: afterwards everything is closed, and the database dropped or, when the test failed, kept and
 * named. Fails the test when it left connections, servers or child processes behind.
 */
export async function setup({ now, connectionsMax = 10 }: SetupOptions = {}): Promise<TestSetup> {
  server ??= askForServer();
  const { adminUrl, template, prefix, isPrivate } = await server;
  const before = countHandles();
  databaseCount += 1;
  const name = `${prefix}_${process.pid}_${databaseCount}`;

  const admin = openDatabase({ url: adminUrl, connectionsMax: 1, applicationName: "test-admin" });
  // Copying files is quickest, but asks the whole server for a checkpoint.
  const strategy = isPrivate ? admin`file_copy` : admin`wal_log`;
  await admin`create database ${admin(name)} template ${admin(template)} strategy ${strategy}`.finally(
    () => admin.end(),
  );

  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const databaseUrl = url.href;
  const sql = openDatabase({ url: databaseUrl, connectionsMax, applicationName: "test" });
  const redisUrl = process.env["QUEUE_URL"]?.startsWith("redis")
    ? process.env["QUEUE_URL"]
    : undefined;

  const closers: (() => unknown)[] = [];
  let closed: Promise<void> | undefined;
  const finish = async (hasFailed: boolean): Promise<void> => {
    const errors: unknown[] = [];
    for (const close of [...closers.toReversed(), () => sql.end({ timeout: 5 })]) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (redisUrl !== undefined) await deleteKeys(redisUrl, name);
    if (hasFailed) {
      console.error(`The database of the failed test is kept: ${name}`);
    } else {
      errors.push(...(await dropDatabase(adminUrl, name)), ...(await findLeftHandles(before)));
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join("; "));
  };
  onTestFinished(async ({ task }) => {
    // What went wrong in a close() by hand was thrown there.
    if (closed !== undefined) return;
    closed = finish(task.result?.state === "fail");
    await closed;
  });

  return {
    sql,
    databaseUrl,
    queueUrl: redisUrl ?? databaseUrl,
    queuePrefix: name,
    clock: createTestClock(now),
    defer: (close) => void closers.push(close),
    close: async () => {
      closed ??= finish(false);
      await closed;
    },
  };
}

async function askForServer(): Promise<DatabaseServer> {
  return DatabaseServer.parse(JSON.parse(await askAt(inject("databaseServerUrl"))));
}

/** Returns what is wrong: connections that the test left open (they are cut). */
async function dropDatabase(adminUrl: string, name: string): Promise<Error[]> {
  const admin = openDatabase({ url: adminUrl, connectionsMax: 1, applicationName: "test-admin" });
  const listConnections = async (): Promise<{ application: string; count: number }[]> =>
    await admin<{ application: string; count: number }[]>`
      select application_name as application, count(*)::int
      from pg_stat_activity
      where datname = ${name} and backend_type = 'client backend'
      group by application_name
    `;
  try {
    // The server notices a closed connection a moment after the client closed it.
    const areGone = await eventually(async () => (await listConnections()).length === 0, {
      withinMs: 10_000,
    }).catch(() => false);
    const left = areGone ? [] : await listConnections();
    await admin`drop database ${admin(name)} with (force)`;
    return left.map(
      ({ application, count }) =>
        new Error(`The test left ${count} database connections of "${application}" open.`),
    );
  } finally {
    await admin.end();
  }
}

/** Servers and child processes; sockets come and go with the pools of others. */
function countHandles(): Map<string, number> {
  const counts = new Map<string, number>([
    ["TCPServerWrap", 0],
    ["ProcessWrap", 0],
  ]);
  for (const kind of process.getActiveResourcesInfo()) {
    const count = counts.get(kind);
    if (count !== undefined) counts.set(kind, count + 1);
  }
  return counts;
}

async function findLeftHandles(before: ReadonlyMap<string, number>): Promise<Error[]> {
  const findMore = (): string[] =>
    [...countHandles()]
      .filter(([kind, count]) => count > (before.get(kind) ?? 0))
      .map(([kind]) => kind);
  const areGone = await eventually(() => findMore().length === 0, { withinMs: 10_000 }).catch(
    () => false,
  );
  if (areGone) return [];
  return findMore().map((kind) => new Error(`The test left a handle open: ${kind}.`));
}

async function deleteKeys(redisUrl: string, prefix: string): Promise<void> {
  const redis = new Redis(redisUrl);
  try {
    let cursor = "0";
    do {
      const [next, keys] = await redis.scan(cursor, "MATCH", `*${prefix}:*`, "COUNT", 1_000);
      if (keys.length > 0) await redis.unlink(...keys);
      cursor = next;
    } while (cursor !== "0");
  } finally {
    redis.disconnect();
  }
}
