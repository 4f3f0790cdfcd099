import { existsSync } from "node:fs";
import { mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { runMigrations } from "bullmq";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { z } from "zod";
import { openDatabase } from "../../src/db/client.ts";
import { migrate } from "../../src/db/migrate.ts";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/platform/embedded-postgres.ts";
import { isAlive } from "../../src/platform/postmaster.ts";
import { openDoor } from "./door.ts";
import { findFastFolder, listFastFolders } from "./fast-folder.ts";

/** What a test process needs to make databases of its own. */
export const DatabaseServer = z.object({
  /** For `create database`. */
  adminUrl: z.url(),
  /** A migrated database, to be copied. */
  template: z.string(),
  /** Begins the names of all databases of this run. */
  prefix: z.string(),
  /** Whether the server is ours alone, and so may be asked for checkpoints. */
  isPrivate: z.boolean(),
});
export type DatabaseServer = z.infer<typeof DatabaseServer>;

declare module "vitest" {
  interface ProvidedContext {
    /** Answers with a `DatabaseServer` as JSON. */
    databaseServerUrl: string;
  }
}

const RUN_FOLDER = "nightledger-tests-";
const KEPT_FOLDER = "nightledger-tests-kept";

/**
 * Run by vitest once, in its main process: offers a database server, which is started and migrated when
 * the first test asks for it and ends with the run, also with a run that was killed. DATABASE_URL names
 * a server to use instead.
 */
export default async function offerDatabaseServer(
  project: TestProject,
): Promise<() => Promise<void>> {
  const prefix = `t_${Date.now().toString(36)}_${process.pid}`;
  let started: Promise<Running> | undefined;
  const door = await openDoor(async () => {
    started ??= start(prefix);
    return JSON.stringify((await started).server);
  });
  project.provide("databaseServerUrl", door.url);
  return async () => {
    door.close();
    if (started !== undefined) await (await started).finish();
  };
}

interface Running {
  server: DatabaseServer;
  finish: () => Promise<void>;
}

async function start(prefix: string): Promise<Running> {
  const given = process.env["DATABASE_URL"];
  const own = given === undefined ? await startOwnServer() : undefined;
  const adminUrl = own?.postgres.url("postgres") ?? given ?? "";
  const template = `${prefix}_template`;
  try {
    await makeTemplate(adminUrl, template);
  } catch (error) {
    await own?.postgres.stop();
    throw error;
  }
  const finish = async (): Promise<void> => {
    const kept = await dropTemplate(adminUrl, template, prefix);
    await own?.postgres.stop();
    if (own !== undefined && kept.length === 0) await rm(own.folder, { recursive: true });
    if (own !== undefined && kept.length > 0) await keepFolder(own);
    if (kept.length > 0) {
      const look =
        own === undefined ? "" : "; npx tsx test/support/open-kept-databases.ts opens them";
      console.error(`Databases of failed tests are kept${look}:\n  ${kept.join("\n  ")}`);
    }
  };
  return { server: { adminUrl, template, prefix, isPrivate: own !== undefined }, finish };
}

interface OwnServer {
  postgres: EmbeddedPostgres;
  folder: string;
  base: string;
}

async function startOwnServer(): Promise<OwnServer> {
  const base = await findFastFolder();
  await removeFoldersOfKilledRuns(base);
  const folder = await mkdtemp(join(base, `${RUN_FOLDER}${process.pid}-`));
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    stopWhenParentDies: true,
    // These data need not survive the machine, only the processes that tests kill.
    settings: { fsync: "off", full_page_writes: "off", max_wal_size: "512MB" },
  });
  return { postgres, folder, base };
}

async function removeFoldersOfKilledRuns(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const pid = new RegExp(`^${RUN_FOLDER}(\\d+)-`).exec(name)?.[1];
    const folder = join(base, name);
    // A server that still has its pid file may be of a run in another container.
    if (pid === undefined || isAlive(Number(pid))) continue;
    if (existsSync(join(folder, "cluster", "postmaster.pid"))) continue;
    await rm(folder, { recursive: true, force: true });
  }
}

/** Only those of the last failed run are kept. */
async function keepFolder({ folder, base }: OwnServer): Promise<void> {
  const kept = join(base, KEPT_FOLDER);
  await rm(kept, { recursive: true, force: true });
  await rename(folder, kept);
}

/** Where `keepFolder` puts databases, for whoever wants to look at them. */
export async function keptDatabasesFolder(): Promise<string | undefined> {
  const candidates = listFastFolders().map((base) => join(base, KEPT_FOLDER));
  return candidates.find((folder) => existsSync(folder));
}

async function makeTemplate(adminUrl: string, template: string): Promise<void> {
  const admin = openDatabase({ url: adminUrl, connectionsMax: 1, applicationName: "test-admin" });
  await admin`create database ${admin(template)}`.finally(() => admin.end());

  const url = new URL(adminUrl);
  url.pathname = `/${template}`;
  const sql = openDatabase({ url: url.href, connectionsMax: 1, applicationName: "test-admin" });
  await migrate(sql).finally(() => sql.end());
  if (process.env["QUEUE_URL"]?.startsWith("redis")) return;

  // The queue's own tables too, so that the first queue of each test need not make them.
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await runMigrations(client).finally(() => client.end());
}

/** Returns the names of the databases that failed tests left. */
async function dropTemplate(adminUrl: string, template: string, prefix: string): Promise<string[]> {
  const admin = openDatabase({ url: adminUrl, connectionsMax: 1, applicationName: "test-admin" });
  try {
    await admin`drop database ${admin(template)} with (force)`;
    const left = await admin<{ datname: string }[]>`
      select datname from pg_database where starts_with(datname, ${prefix}) order by datname
    `;
    return left.map((row) => row.datname);
  } finally {
    await admin.end();
  }
}
