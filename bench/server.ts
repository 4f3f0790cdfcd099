import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openDatabase, type Sql } from "../src/db/client.ts";
import { startEmbeddedPostgres } from "../src/platform/embedded-postgres.ts";

/** The PostgreSQL server that all sides of a benchmark use, with the settings of the product. */
export interface BenchServer {
  url: (database: string) => string;
  /** What is worth knowing beside a figure: version and the settings that matter for writing. */
  settings: Readonly<Record<string, string>>;
  /** What the server says. */
  logFile: string;
  createDatabase: (name: string) => Promise<void>;
  /** An exact copy, on disk and not in any memory of the server's; then a checkpoint. */
  copyDatabase: (template: string, name: string) => Promise<void>;
  dropDatabase: (name: string) => Promise<void>;
  /** So that every side begins with the same distance to the next one. */
  checkpoint: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts a server with an empty folder of its own. It goes when this process does, however it ends. */
export async function startBenchServer(folder = tmpdir()): Promise<BenchServer> {
  const dataDir = await mkdtemp(join(folder, "nightledger-bench-"));
  const logFile = join(dataDir, "server.log");
  const server = await startEmbeddedPostgres({ dataDir, logFile, stopWhenParentDies: true });
  const admin = openDatabase({
    url: server.url("postgres"),
    connectionsMax: 1,
    applicationName: "bench-admin",
  });
  return {
    url: server.url,
    settings: await readSettings(admin),
    logFile,
    async createDatabase(name) {
      await admin`create database ${admin(name)}`;
    },
    async copyDatabase(template, name) {
      await admin`create database ${admin(name)} template ${admin(template)} strategy file_copy`;
      await admin`checkpoint`;
    },
    async dropDatabase(name) {
      // Closed connections are there for a moment yet, and some drivers shout when they are cut.
      const deadline = performance.now() + CLOSING_MS;
      while ((await countConnections(admin, name)) > 0 && performance.now() < deadline) {
        await delay(LOOK_EVERY_MS);
      }
      await admin`drop database if exists ${admin(name)} with (force)`;
    },
    async checkpoint() {
      await admin`checkpoint`;
    },
    async stop() {
      await admin.end();
      await server.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}

const CLOSING_MS = 5_000;
const LOOK_EVERY_MS = 20;

async function countConnections(admin: Sql, database: string): Promise<number> {
  const [row] = await admin<{ count: number }[]>`
    select count(*)::int as count from pg_stat_activity
    where datname = ${database} and backend_type = 'client backend'
  `;
  return row!.count;
}

const SHOWN = ["server_version", "shared_buffers", "fsync", "synchronous_commit", "max_wal_size"];

async function readSettings(admin: Sql): Promise<Record<string, string>> {
  const rows = await admin<{ name: string; setting: string }[]>`
    select name, current_setting(name) as setting from pg_settings where name = any(${SHOWN})
  `;
  return Object.fromEntries(rows.map((row) => [row.name, row.setting]));
}
