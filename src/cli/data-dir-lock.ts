import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { isAlive } from "../platform/postmaster.ts";
import { makeFolder } from "../platform/folders.ts";

const Holder = z.object({
  pid: z.int(),
  /** When the process began, as the kernel counts; a pid is given away again, this is not. */
  startedAt: z.string().nullable(),
});
type Holder = z.infer<typeof Holder>;

export interface DataDirLock {
  close: () => Promise<void>;
}

/**
 * Makes this process the only one that is `up` on a data folder. Left behind by a process that was
 * killed, the lock is taken over; of two that try at once one gets it.
 *
 * @throws Error naming the pid of the process that has it
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  await makeFolder(resolve(dataDir));
  const path = pathOf(dataDir);
  const mine = `${path}.${process.pid}`;
  const me: Holder = { pid: process.pid, startedAt: await startOf(process.pid) };
  await writeMine(mine, me);
  try {
    // A link appears whole or not at all, and never over what is there.
    while (!(await tryLink(mine, path))) {
      const holder = await read(path);
      if (holder !== undefined && (await isHeldBy(holder))) {
        throw new Error(
          `Nightledger is already running on ${resolve(dataDir)} (pid ${holder.pid}). Stop it, or choose another folder with --data-dir.`,
        );
      }
      await removeStale(path, holder);
    }
  } finally {
    await rm(mine, { force: true });
  }
  return {
    close: async () => {
      const holder = await read(path);
      if (holder?.pid === me.pid && holder.startedAt === me.startedAt) await rm(path);
    },
  };
}

async function writeMine(path: string, me: Holder): Promise<void> {
  try {
    await writeFile(path, JSON.stringify(me), { mode: 0o600 });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new Error(
      `The data folder ${resolve(dirname(path))} is not writable for this user (${error.code}). Make it so, or choose another with --data-dir or DATA_DIR.`,
      { cause: error },
    );
  }
}

/** Whether the system lets this user not at a file or folder. */
export function isRefusal(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error && "code" in error)) return false;
  return error.code === "EACCES" || error.code === "EPERM" || error.code === "EROFS";
}

/** The pid of the process that is `up` on a data folder. */
export async function readDataDirLock(dataDir: string): Promise<number | undefined> {
  const holder = await read(pathOf(dataDir));
  return holder !== undefined && (await isHeldBy(holder)) ? holder.pid : undefined;
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Somebody else may just have done so and put theirs there: then it is put back. */
async function removeStale(path: string, stale: Holder | undefined): Promise<void> {
  const aside = `${path}.stale-${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  const moved = await read(aside);
  if (JSON.stringify(moved) !== JSON.stringify(stale)) await tryLink(aside, path);
  await rm(aside);
}

async function read(path: string): Promise<Holder | undefined> {
  try {
    const parsed = Holder.safeParse(JSON.parse(await readFile(path, "utf8")));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function isHeldBy({ pid, startedAt }: Holder): Promise<boolean> {
  return isAlive(pid) && (await startOf(pid)) === startedAt;
}

/** Null where the system does not tell. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold spaces; after it come the state and, 20th, the start.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; its parent has only not looked yet.
    return fields[0] === "Z" ? "ended" : (fields[19] ?? null);
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
}

function pathOf(dataDir: string): string {
  return join(dataDir, "up.lock");
}
