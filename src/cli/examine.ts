import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { access, constants, realpath, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { openPlatform, openStorage, readMasterKeys, type Platform } from "../bootstrap.ts";
import type { Config } from "../config/config.ts";
import { createSmtpMail } from "../connectors/smtp/smtp.ts";
import { findLateness } from "../db/console.ts";
import { countSealedByKey } from "../db/sealed-values.ts";
import { listPendingMigrations } from "../db/migrate.ts";
import { errorText } from "../errors.ts";
import { isPostmasterOf, readPostmasterFile } from "../platform/postmaster.ts";
import { openQueueBackend } from "../queue/backend.ts";
import { embeddedFolder, startOwnDatabase } from "./database.ts";
import { isRefusal } from "./data-dir-lock.ts";
import { describeError } from "./describe-error.ts";

/** What the doctor found out about one thing. */
export interface Finding {
  name: string;
  status: "ok" | "warning" | "failed";
  detail: string;
  /** What to do about it. */
  advice: string | null;
}

const GIGABYTE = 2 ** 30;
const DISK_BYTES_MIN = GIGABYTE / 4;
const SKEW_MS_WARN = 1_000;
const SKEW_MS_MAX = 30_000;
const LATE_MS = 60_000;
/** How long any one check may take, in milliseconds. */
const CHECK_MS_MAX = 15_000;

/** Looks at everything the settings name, one after the other. */
export async function examine(config: Config): Promise<Finding[]> {
  return [
    await guarded(
      "data folder",
      "Run this as the user it belongs to, make it theirs, or name another folder with --data-dir or DATA_DIR.",
      () => examineDataDir(config),
    ),
    ...(await examineDatabase(config)),
    await guarded("files", "Check the S3 settings, and what the key may do with the bucket.", () =>
      examineFiles(config),
    ),
    await guarded("mail", "Check SMTP_URL, and that the server can be reached from here.", () =>
      examineMail(config),
    ),
  ];
}

async function guarded(
  name: string,
  advice: string,
  check: () => Promise<Omit<Finding, "name">>,
): Promise<Finding> {
  try {
    return { name, ...(await within(CHECK_MS_MAX, check())) };
  } catch (error) {
    return { name, status: "failed", detail: describeError(error), advice };
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

async function examineDataDir({ dataDir }: Config): Promise<Omit<Finding, "name">> {
  const named = resolve(dataDir);
  // The folder may not be there yet; then the one above decides.
  let folder = named;
  while (!existsSync(folder)) folder = dirname(folder);
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
    const what = folder === named ? "it" : `${folder}, where it would be made,`;
    throw new Error(`${named}: ${what} is not this user's to read and write (${error.code})`, {
      cause: error,
    });
  });
  if (folder !== named) {
    return {
      status: "warning",
      detail: `${named} is not there yet`,
      advice: "nightledger up makes it. If it should be there, check --data-dir and DATA_DIR.",
    };
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const detail = `${resolve(dataDir)}, ${(free / GIGABYTE).toFixed(1)} GB free`;
  if (free >= DISK_BYTES_MIN) return { status: "ok", detail, advice: null };
  return {
    status: "failed",
    detail,
    advice: "Free some space: PostgreSQL stops when the disk is full.",
  };
}

async function examineDatabase(config: Config): Promise<Finding[]> {
  const own = config.databaseUrl === undefined;
  let platform: Platform;
  try {
    if (own && !(await isOwnDatabaseRunning(config))) {
      const detail = "the embedded database is not running";
      const advice = "Start it with nightledger up, or set DATABASE_URL.";
      return [{ name: "database", status: "warning", detail, advice }, await keysFinding(config)];
    }
    const databaseUrl = own ? (await startOwnDatabase(config)).databaseUrl : undefined;
    platform = openPlatform({ config, name: "doctor", databaseUrl });
  } catch (error) {
    const advice = isRefusal(error)
      ? "Run this as the user that the data folder belongs to."
      : "See server.log in the data folder.";
    return [
      { name: "database", status: "failed", detail: describeError(error), advice },
      await keysFinding(config),
    ];
  }
  try {
    const reach = await guarded("database", "Check DATABASE_URL, and that the server runs.", () =>
      examineReach(platform, own),
    );
    if (reach.status === "failed") {
      return [reach, await queueFinding(platform), await keysFinding(config)];
    }
    const migrations = await guarded("migrations", "Look at the error above.", () =>
      examineMigrations(platform),
    );
    return [
      reach,
      migrations,
      await guarded("clock", "Look at the error above.", () => examineClock(platform)),
      await queueFinding(platform),
      await guarded("work", "Run nightledger migrate.", () => examineWork(platform)),
      await keysFinding(config, migrations.status === "ok" ? platform : undefined),
    ];
  } finally {
    await platform.close();
  }
}

async function keysFinding(config: Config, platform?: Platform): Promise<Finding> {
  return await guarded("keys", "Correct MASTER_KEYS, or the file master-key in DATA_DIR.", () =>
    examineKeys(config, platform),
  );
}

async function isOwnDatabaseRunning(config: Config): Promise<boolean> {
  const entry = join(embeddedFolder(config), "cluster");
  if (!existsSync(entry)) return false;
  const cluster = await realpath(entry);
  const file = await readPostmasterFile(cluster);
  return file !== undefined && (await isPostmasterOf(file.pid, cluster));
}

async function examineReach({ sql }: Platform, own: boolean): Promise<Omit<Finding, "name">> {
  const [row] = await sql<{ version: string; versionNumber: number }[]>`
    select
      current_setting('server_version') as version,
      current_setting('server_version_num')::int as version_number
  `;
  const detail = `PostgreSQL ${row?.version ?? "?"}${own ? ", embedded" : ""}`;
  if ((row?.versionNumber ?? 0) >= 140_000) return { status: "ok", detail, advice: null };
  return { status: "failed", detail, advice: "Use PostgreSQL 14 or later." };
}

async function examineMigrations({ sql }: Platform): Promise<Omit<Finding, "name">> {
  const pending = await listPendingMigrations(sql);
  if (pending.length === 0) return { status: "ok", detail: "up to date", advice: null };
  const detail = `missing: ${pending.join(", ")}`;
  return { status: "failed", detail, advice: "Run nightledger migrate." };
}

/** Leases are judged by the database's clock, schedules by this machine's. */
async function examineClock({ sql, clock }: Platform): Promise<Omit<Finding, "name">> {
  const before = clock.now().getTime();
  const [row] = await sql<{ now: Date }[]>`select clock_timestamp() as now`;
  const after = clock.now().getTime();
  const skewMs = Math.round((row?.now.getTime() ?? 0) - (before + after) / 2);
  const detail = `${Math.abs(skewMs)} ms ${skewMs < 0 ? "ahead of" : "behind"} the database's`;
  const advice = "Synchronise the clocks (NTP) of this machine and the database's.";
  if (Math.abs(skewMs) <= SKEW_MS_WARN) return { status: "ok", detail, advice: null };
  return { status: Math.abs(skewMs) <= SKEW_MS_MAX ? "warning" : "failed", detail, advice };
}

async function queueFinding(platform: Platform): Promise<Finding> {
  const { queueUrl, databaseUrl } = platform.config;
  const setting = queueUrl === undefined || queueUrl === databaseUrl ? "DATABASE_URL" : "QUEUE_URL";
  return await guarded("queue", `Check ${setting}, and that the server runs.`, async () => {
    const backend = openQueueBackend({
      queueUrl: platform.queueUrl,
      prefix: platform.queuePrefix,
      connectionsMax: 1,
      onError: () => {},
    });
    try {
      await within(CHECK_MS_MAX / 2, backend.ping());
      return { status: "ok", detail: backend.kind, advice: null };
    } finally {
      await backend.close();
    }
  });
}

/** Whether somebody brings work, and somebody does it. */
async function examineWork({ sql }: Platform): Promise<Omit<Finding, "name">> {
  const { scheduleMs, feedMs, dead } = await findLateness(sql);
  const problems: string[] = [];
  const advice: string[] = [];
  if ((scheduleMs ?? 0) > LATE_MS) {
    problems.push(`a schedule has been due for ${Math.round((scheduleMs ?? 0) / 1000)} s`);
    advice.push("Start nightledger scheduler (or up).");
  }
  if ((feedMs ?? 0) > LATE_MS) {
    problems.push(`a run has been due for ${Math.round((feedMs ?? 0) / 1000)} s`);
    advice.push("Start nightledger worker (or up), or more of them.");
  }
  if (dead > 0) {
    problems.push(`${dead} runs failed for good`);
    advice.push("Look at nightledger runs list --status dead, and retry them.");
  }
  if (problems.length === 0)
    return { status: "ok", detail: "nothing is late or dead", advice: null };
  return { status: "warning", detail: problems.join("; "), advice: advice.join(" ") };
}

/** Whether a file can be written, read and deleted where uploads go. */
async function examineFiles(config: Config): Promise<Omit<Finding, "name">> {
  if (config.s3 === undefined) {
    const detail = `${resolve(config.dataDir, "files")}; of several machines all need the same`;
    return { status: "ok", detail, advice: null };
  }
  const storage = openStorage(config);
  const key = `doctor/${randomUUID()}.txt`;
  const content = Buffer.from("Written by nightledger doctor.");
  await storage.put(key, content);
  const isSame = (await storage.get(key)).equals(content);
  await storage.delete(key);
  if (!isSame) throw new Error("what was read is not what was written");
  const { endpoint, bucket } = config.s3;
  return { status: "ok", detail: `bucket ${bucket} at ${new URL(endpoint).host}`, advice: null };
}

async function examineMail(config: Config): Promise<Omit<Finding, "name">> {
  if (config.smtpUrl === undefined) {
    const detail = "no mail server: up and demo write mails to a folder, a worker does not start";
    return { status: "warning", detail, advice: "Set SMTP_URL." };
  }
  const mail = createSmtpMail({ url: config.smtpUrl });
  try {
    await mail.verify();
    return { status: "ok", detail: `${new URL(config.smtpUrl).host} lets us in`, advice: null };
  } catch (error) {
    // The connector's own words leave out, at times, what the server said.
    const text = errorText(error);
    const cause =
      error instanceof Error && error.cause !== undefined ? errorText(error.cause) : text;
    throw new Error(text.includes(cause) ? text : `${text}: ${cause}`, { cause: error });
  } finally {
    mail.close();
  }
}

/** Whether there is a key, and every key that has sealed something. */
async function examineKeys(
  config: Config,
  platform: Platform | undefined,
): Promise<Omit<Finding, "name">> {
  const keys = await readMasterKeys(config, { makesKey: false });
  const ids = keys.map(({ id }) => id);
  const sealed = platform === undefined ? new Map() : await countSealedByKey(platform.sql);
  const missing = [...sealed.keys()].filter((id) => !ids.includes(id));
  if (missing.length > 0) {
    const count = missing.reduce((sum, id) => sum + (sealed.get(id) ?? 0), 0);
    const detail = `${count} sealed values need a key that is missing: ${missing.join(", ")}`;
    const advice =
      "Put the key back into MASTER_KEYS. Without it those connections have to be made again.";
    return { status: "failed", detail, advice };
  }
  const [first] = ids;
  if (first === undefined) {
    return {
      status: "warning",
      detail: "no MASTER_KEYS: no provider can be connected",
      advice: 'Set MASTER_KEYS="k1:$(openssl rand -base64 32)", and keep it somewhere safe.',
    };
  }
  const old = [...sealed].reduce((sum, [id, count]) => (id === first ? sum : sum + count), 0);
  const detail = `${ids.length}; ${first} seals`;
  if (old === 0) return { status: "ok", detail, advice: null };
  return {
    status: "warning",
    detail: `${detail}; older keys still hold ${old} values`,
    advice: "Run nightledger keys rotate, then take the old keys away.",
  };
}
