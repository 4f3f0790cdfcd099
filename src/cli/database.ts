import { existsSync } from "node:fs";
import { join } from "node:path";
import { assertReachable, openPlatform, type Platform } from "../bootstrap.ts";
import type { Config } from "../config/config.ts";
import type { Sql } from "../db/client.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../platform/embedded-postgres.ts";
import { readDataDirLock } from "./data-dir-lock.ts";
import { UsageError } from "./command.ts";
import { tell } from "./output.ts";

/** The one database in the embedded server. */
const DATABASE = "nightledger";

/** Where the embedded server's data are. */
export function embeddedFolder({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "postgres");
}

/** Starts, or takes over, the embedded server of a data folder. */
export async function startOwnDatabase(
  config: Config,
): Promise<{ server: EmbeddedPostgres; databaseUrl: string }> {
  const server = await startEmbeddedPostgres({ dataDir: embeddedFolder(config) });
  for (const notice of server.notices) tell(notice);
  await server.ensureDatabase(DATABASE);
  return { server, databaseUrl: server.url(DATABASE) };
}

/**
 * For a command that works on a database and ends: the one of DATABASE_URL, or the embedded one of the
 * data folder, which is started if it is not running, and stopped again unless `up` is using it.
 *
 * @throws UsageError when there is no database yet
 */
export async function withPlatform<Result>(
  config: Config,
  name: string,
  work: (platform: Platform) => Promise<Result>,
): Promise<Result> {
  const own = config.databaseUrl === undefined ? await openExisting(config) : undefined;
  let isInUse = own?.server.adopted === true;
  try {
    const platform = openPlatform({ config, name, databaseUrl: own?.databaseUrl });
    try {
      await assertReachable(platform.sql);
      return await work(platform);
    } finally {
      isInUse ||= own !== undefined && (await countOtherClients(platform.sql)) > 0;
      await platform.close();
    }
  } finally {
    // Somebody else may have begun to use the server meanwhile: then it is theirs to stop.
    const isUp = (await readDataDirLock(config.dataDir)) !== undefined;
    if (!isInUse && !isUp) await own?.server.stop();
  }
}

/** Connections of other processes; those of our own pool all have its name. */
async function countOtherClients(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from pg_stat_activity
    where backend_type = 'client backend' and application_name <> current_setting('application_name')
  `;
  return row?.count ?? 0;
}

async function openExisting(config: Config) {
  if (!existsSync(embeddedFolder(config))) {
    const demo = join(config.dataDir, "demo");
    const hint = existsSync(embeddedFolder({ dataDir: demo })) ? ` (the demo's is in ${demo})` : "";
    throw new UsageError(
      `There is no database in ${config.dataDir}: set DATABASE_URL, name another folder with --data-dir${hint}, or begin with nightledger up.`,
    );
  }
  return await startOwnDatabase(config);
}
