import { spawnSync } from "node:child_process";
import { chmod, lstat, mkdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whom the server runs as. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. When we are root, it runs as the owner of its existing data, else
 * as `postgres` or `nobody`, whichever the machine has. Undefined: as whoever we are.
 */
export async function chooseServerAccount(cluster: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await stat(cluster).catch(() => undefined);
  if (existing !== undefined && existing.uid !== 0) {
    return { uid: existing.uid, gid: existing.gid };
  }
  // initdb looks its own user up by number, so an invented uid would not do.
  for (const name of ["postgres", "nobody"]) {
    const uid = askForId("-u", name);
    const gid = askForId("-g", name);
    if (uid !== undefined && gid !== undefined && uid !== 0) return { uid, gid };
  }
  throw new Error(
    "PostgreSQL refuses to run as root, and this machine has neither a `postgres` nor a `nobody` user to run it as. Start as another user, or set DATABASE_URL.",
  );
}

/** Whether the account may enter the folder; asked by trying, since mode bits do not tell of ACLs and mounts. */
export function canEnter(account: ServerAccount, folder: string): boolean {
  const attempt = spawnSync("/bin/sh", ["-c", 'cd -- "$1"', "sh", folder], {
    ...account,
    cwd: "/",
    stdio: "ignore",
    env: {},
  });
  return attempt.status === 0;
}

/**
 * A folder of root's that every account can enter and only root can change: where the data and the
 * programs go when the project lies where the server's account cannot look, as in a clone under /root.
 */
export async function openSharedFolder(): Promise<string> {
  const candidates = ["/var/lib/nightledger", join(tmpdir(), "nightledger-root")];
  for (const folder of candidates) {
    try {
      await mkdir(folder, { mode: 0o755 });
      await chmod(folder, 0o755);
    } catch {
      // It exists, or cannot exist here: the check below tells which.
    }
    const found = await lstat(folder).catch(() => undefined);
    // Anybody may have put something of this name into the temporary folder before us.
    if (found?.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return folder;
  }
  throw new Error(
    `The database cannot run below a folder that only root may enter, and neither ${candidates.join(" nor ")} can be used instead. Set DATA_DIR to a folder others may enter, or set DATABASE_URL.`,
  );
}

function askForId(option: "-u" | "-g", name: string): number | undefined {
  const answer = spawnSync("id", [option, name], { encoding: "utf8" });
  if (answer.status !== 0) return undefined;
  // macOS prints nobody's -2 as 4294967294; spawn() takes a signed 32-bit number.
  return Number(answer.stdout.trim()) | 0;
}
