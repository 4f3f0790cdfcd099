import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Registry } from "prom-client";
import { defaultApiSettings, type ApiSettings } from "./api/settings.ts";
import { InvalidSettings, type Config } from "./config/config.ts";
import type { Connectors, Providers } from "./connectors/contract.ts";
import { openProviders } from "./connectors/providers.ts";
import { createMailFolder } from "./connectors/smtp/mail-folder.ts";
import { createSmtpMail } from "./connectors/smtp/smtp.ts";
import { openDatabase, type Sql } from "./db/client.ts";
import { listPendingMigrations } from "./db/migrate.ts";
import { systemClock, type Clock } from "./platform/clock.ts";
import { createLog, type Log } from "./platform/log.ts";
import { createMetricsRegistry } from "./platform/metrics.ts";
import type { ReadinessCheck } from "./platform/probes.ts";
import { createS3Storage } from "./platform/s3-storage.ts";
import { Unreachable } from "./platform/unreachable.ts";
import { createLocalStorage, type FileStorage } from "./platform/storage.ts";
import type { MasterKey } from "./platform/sealing.ts";
import { createRuntimeMetrics, type RuntimeMetrics } from "./workers/metrics.ts";

/** What every process is made of. */
export interface Platform {
  config: Config;
  log: Log;
  clock: Clock;
  sql: Sql;
  databaseUrl: string;
  queueUrl: string;
  queuePrefix: string;
  storage: FileStorage;
  registry: Registry;
  /** In `registry`. */
  metrics: RuntimeMetrics;
  readiness: readonly ReadinessCheck[];
  close: () => Promise<void>;
}

export interface PlatformOptions {
  config: Config;
  /** Which process speaks, in the log and in pg_stat_activity, e.g. "worker". */
  name: string;
  /** Where the data are, when the settings do not say: the embedded server. */
  databaseUrl?: string | undefined;
  /** Default: one of its own. */
  log?: Log;
}

/**
 * Builds what every process needs from its settings. Connections are opened when first used.
 *
 * @throws InvalidSettings when there is no database
 */
export function openPlatform({ config, name, ...given }: PlatformOptions): Platform {
  const databaseUrl = given.databaseUrl ?? config.databaseUrl;
  if (databaseUrl === undefined) {
    throw new InvalidSettings([
      "DATABASE_URL: not set; name a PostgreSQL server, or use nightledger up, which brings its own",
    ]);
  }
  const log = given.log ?? createLog({ level: config.logLevel, name });
  const sql = openDatabase({
    url: databaseUrl,
    connectionsMax: config.databaseConnections,
    applicationName: `nightledger-${name}`,
  });
  const registry = createMetricsRegistry({ withProcessMetrics: true });
  return {
    config,
    log,
    clock: systemClock,
    sql,
    databaseUrl,
    queueUrl: config.queueUrl ?? databaseUrl,
    queuePrefix: config.queuePrefix,
    storage: openStorage(config),
    registry,
    metrics: createRuntimeMetrics(registry),
    readiness: [{ name: "database", check: () => assertMigrated(sql) }],
    close: async () => {
      registry.clear();
      await sql.end({ timeout: 5 });
    },
  };
}

/** Where uploaded files are: in the bucket that the settings name, else in the data folder. */
export function openStorage({ s3, dataDir }: Config): FileStorage {
  return s3 === undefined ? createLocalStorage(join(dataDir, "files")) : createS3Storage(s3);
}

/** @throws Unreachable when the database does not let us in */
export async function assertReachable(sql: Sql): Promise<void> {
  try {
    await sql`select 1`;
  } catch (error) {
    throw new Unreachable("database", error);
  }
}

/** Throws an Error that says what to type when the database lacks a migration of this version. */
export async function assertMigrated(sql: Sql): Promise<void> {
  const pending = await listPendingMigrations(sql);
  if (pending.length > 0) {
    throw new Error(
      `The database is not up to date (${pending.length} migrations are missing, the first is ${pending[0]}): run nightledger migrate.`,
    );
  }
}

/**
 * The providers that companies connect to.
 *
 * @param makesKey whether a key is made in DATA_DIR when there is none: where one process is all there is
 */
export async function openOurProviders(
  config: Config,
  { makesKey }: { makesKey: boolean },
): Promise<Providers> {
  return openProviders({ ...config, masterKeys: await readMasterKeys(config, { makesKey }) });
}

/**
 * What jobs reach the outside with. Without a mail server mails go to a folder, where that is allowed:
 * on a worker of its own nobody would ever look there.
 *
 * @throws InvalidSettings when there is no mail server and a folder will not do
 */
export function openConnectors(
  config: Config,
  providers: Providers,
  { allowsMailFolder }: { allowsMailFolder: boolean },
): Connectors {
  if (config.smtpUrl === undefined && !allowsMailFolder) {
    throw new InvalidSettings([
      "SMTP_URL: not set; a worker needs a mail server, like smtp://user:password@host:587",
    ]);
  }
  const { address, ...sender } = config.mailFrom;
  return {
    ...providers,
    ...(config.publicUrl === undefined ? {} : { consoleUrl: `${config.publicUrl}/console` }),
    mail:
      config.smtpUrl === undefined
        ? createMailFolder({ folder: mailFolderOf(config) })
        : createSmtpMail({ url: config.smtpUrl }),
    mailPolicy: {
      ...sender,
      from: address,
      appUrl: config.appUrl,
      domain: address.slice(address.lastIndexOf("@") + 1),
      // A folder has no limit.
      perSecond: config.smtpUrl === undefined ? null : config.mailPerSecond,
    },
  };
}

/** Where mails go that no mail server takes. */
export function mailFolderOf(config: Config): string {
  return join(config.dataDir, "mails");
}

/** The API's settings, out of the process's. */
export async function readApiSettings(config: Config): Promise<ApiSettings> {
  return defaultApiSettings({
    ipSalt: config.ipSalt ?? (await readSalt(config)),
    planDefault: config.planDefault,
    requestsPerHour: config.rateLimits,
    publicRequestsPerHour: config.publicRateLimit,
    exportDays: config.exportDays,
    sessionMs: config.sessionDays * 24 * 3_600_000,
    answersKeptMs: config.idempotencyHours * 3_600_000,
    corsOrigins: config.corsOrigins,
    trustedProxies: config.trustedProxies,
    appUrl: config.appUrl,
  });
}

async function readSalt({ dataDir }: Config): Promise<string> {
  return await readOrMake(join(dataDir, "ip-salt"), () => randomBytes(32).toString("base64url"));
}

/** The id of the key that lies in DATA_DIR. */
const OWN_KEY_ID = "local";

/**
 * The keys that seal, the sealing one first: those of MASTER_KEYS, then the one of DATA_DIR, which
 * still opens what it sealed before MASTER_KEYS was set.
 */
export async function readMasterKeys(
  { masterKeys, dataDir }: Config,
  { makesKey }: { makesKey: boolean },
): Promise<MasterKey[]> {
  if (masterKeys.some(({ id }) => id === OWN_KEY_ID)) return [...masterKeys];
  const path = join(dataDir, "master-key");
  const isWanted = existsSync(path) || (makesKey && masterKeys.length === 0);
  if (!isWanted) return [...masterKeys];
  const key = Buffer.from(
    await readOrMake(path, () => randomBytes(32).toString("base64")),
    "base64",
  );
  if (key.length !== 32) throw new InvalidSettings([`${path}: not a key of 32 bytes in base64`]);
  return [...masterKeys, { id: OWN_KEY_ID, key }];
}

/** Made once per data folder; of two processes that start at once the first one's counts. */
async function readOrMake(path: string, make: () => string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(unfinished, make(), { mode: 0o600 });
  try {
    await link(unfinished, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    await rm(unfinished);
  }
  return (await readFile(path, "utf8")).trim();
}
