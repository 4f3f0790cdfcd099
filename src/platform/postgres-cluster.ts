import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  link,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import {
  canEnter,
  chooseServerAccount,
  openSharedFolder,
  type ServerAccount,
} from "./postgres-account.ts";
import {
  findPostgresBinaries,
  SERVER_ENVIRONMENT,
  type PostgresBinaries,
} from "./postgres-binaries.ts";

/** The owner of everything in the embedded server. */
export const SUPERUSER = "nightledger";

/** Data of a server, and what is needed to run it. */
export interface Cluster {
  /** Real path of PostgreSQL's own data directory. */
  path: string;
  password: string;
  account: ServerAccount | undefined;
  binaries: PostgresBinaries;
  /** What the operator should be told, e.g. that the data lie elsewhere. Empty as a rule. */
  notices: readonly string[];
}

/**
 * Opens the cluster below `dataDir`, making it on first use:
 *
 *     dataDir/password   of the superuser, readable by us alone
 *     dataDir/cluster    PostgreSQL's data, or a link to them when the server's account may not enter dataDir
 *
 * Several processes may do this at once: each step takes effect in one atomic rename, link or symlink,
 * the first one wins and the others use what it made.
 */
export async function openCluster(dataDir: string): Promise<Cluster> {
  const entry = join(dataDir, "cluster");
  const account = await chooseServerAccount(entry);
  await mkdir(dataDir, { recursive: true });
  // The server's account must pass through to its data; it cannot list what else is here.
  if (account !== undefined) await chmod(dataDir, 0o711);

  const binaries = await findPostgresBinaries(account, async () =>
    account === undefined ? dataDir : await openSharedFolder(),
  );
  const password = await readOrMakePassword(dataDir);
  const notices: string[] = [];
  const lost = await danglingTarget(entry);
  if (lost !== undefined) {
    notices.push(`The database in ${lost}, to which ${entry} points, is gone: starting a new one.`);
    await unlink(entry);
  }
  if (!(await isInitialised(entry))) {
    await makeCluster({ dataDir, entry, account, binaries, password });
  }

  const path = await realpath(entry);
  await assertSameVersion(path, binaries);
  if (account !== undefined && !canEnter(account, path)) {
    throw new Error(
      `PostgreSQL runs as user ${account.uid}, who may not enter ${path}. Open the folders above it (chmod o+x), move the data, or set DATABASE_URL.`,
    );
  }
  if (path !== join(await realpath(dataDir), "cluster")) {
    notices.push(
      `The database server does not run as root and cannot enter ${dataDir}: its data are in ${path}.`,
    );
  }
  return { path, password, account, binaries, notices };
}

interface Making {
  dataDir: string;
  entry: string;
  account: ServerAccount | undefined;
  binaries: PostgresBinaries;
  password: string;
}

async function makeCluster({ dataDir, entry, account, binaries, password }: Making): Promise<void> {
  const place = await choosePlace(dataDir, account);
  const unfinished = await mkdtemp(join(place.folder, ".cluster-"));
  const passwordFile = `${unfinished}.password`;
  try {
    await writeFile(passwordFile, password, { mode: 0o600, flag: "wx" });
    if (account !== undefined) {
      await chown(unfinished, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    await runInitdb({ cluster: unfinished, passwordFile, account, binaries });
    if (place.isElsewhere) {
      const settled = join(place.folder, "cluster");
      await rename(unfinished, settled);
      await symlink(settled, entry);
    } else {
      await rename(unfinished, entry);
    }
  } catch (error) {
    await rm(place.isElsewhere ? place.folder : unfinished, { recursive: true, force: true });
    // Another start of the same program was quicker; its cluster is as good as ours.
    if (!(await isInitialised(entry))) throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Below dataDir if the server's account can work there, else in a folder of its own elsewhere. */
async function choosePlace(
  dataDir: string,
  account: ServerAccount | undefined,
): Promise<{ folder: string; isElsewhere: boolean }> {
  if (account === undefined) return { folder: dataDir, isElsewhere: false };
  if (canEnter(account, dataDir) && (await canGiveAway(dataDir, account))) {
    return { folder: dataDir, isElsewhere: false };
  }
  const folder = await mkdtemp(join(await openSharedFolder(), "data-"));
  await chmod(folder, 0o711);
  return { folder, isElsewhere: true };
}

/** Network and shared folders may not let even root set an owner. */
async function canGiveAway(folder: string, account: ServerAccount): Promise<boolean> {
  const probe = await mkdtemp(join(folder, ".owner-"));
  try {
    await chown(probe, account.uid, account.gid);
    return (await stat(probe)).uid === account.uid;
  } catch {
    return false;
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

async function runInitdb({
  cluster,
  passwordFile,
  account,
  binaries,
}: {
  cluster: string;
  passwordFile: string;
  account: ServerAccount | undefined;
  binaries: PostgresBinaries;
}): Promise<void> {
  const options = [
    `--pgdata=${cluster}`,
    `--pwfile=${passwordFile}`,
    `--username=${SUPERUSER}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // Sorts and folds case alike on every machine, whatever locales it has.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
  ];
  try {
    await promisify(execFile)(binaries.initdb, options, {
      ...account,
      cwd: "/",
      env: SERVER_ENVIRONMENT,
    });
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    throw new Error(`The embedded database could not be made in ${dirname(cluster)}: ${said}`, {
      cause: error,
    });
  }
}

/** Linked into place whole, so that nobody reads half a password and the first of two wins. */
async function readOrMakePassword(dataDir: string): Promise<string> {
  const path = join(dataDir, "password");
  const unfinished = `${path}.${process.pid}`;
  const found = await readIfThere(path);
  if (found !== undefined) return found;
  if (await isInitialised(join(dataDir, "cluster"))) {
    throw new Error(
      `${path} is missing, and without it nobody can log in to the database beside it. Put it back, or set DATA_DIR to another folder.`,
    );
  }
  await writeFile(unfinished, randomBytes(24).toString("base64url"), { mode: 0o600 });
  try {
    await link(unfinished, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await rm(unfinished, { force: true });
  }
  return await readFile(path, "utf8");
}

async function assertSameVersion(cluster: string, binaries: PostgresBinaries): Promise<void> {
  const written = (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  if (written !== String(binaries.majorVersion)) {
    throw new Error(
      `The database in ${cluster} was written by PostgreSQL ${written}; this version brings ${binaries.majorVersion}, which cannot read it. Set DATA_DIR to another folder, or DATABASE_URL to a server of version ${written}.`,
    );
  }
}

async function isInitialised(cluster: string): Promise<boolean> {
  return (await readIfThere(join(cluster, "PG_VERSION"))) !== undefined;
}

/** Where a link leads that leads nowhere any more. */
async function danglingTarget(entry: string): Promise<string | undefined> {
  const target = await readlink(entry).catch((error: unknown) => {
    if (hasCode(error, "ENOENT") || hasCode(error, "EINVAL")) return undefined;
    throw error;
  });
  if (target === undefined) return undefined;
  return (await stat(entry).catch(() => undefined)) === undefined ? target : undefined;
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
