import { execFile, spawn } from "node:child_process";
import { link, readFile, readlink, rename, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

/** What a running server says about itself in `postmaster.pid`. */
export interface PostmasterFile {
  pid: number;
  /** Unix time in seconds, as text; tells two servers apart that got the same pid. */
  startedAt: string;
  port: number;
  /** "ready" once it answers. */
  status: string;
}

/** Undefined when no server is running or was killed there, or the file is only half written. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(pathOf(cluster), "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  });
  const [pid, , startedAt, port, , , , status] = text.split("\n");
  if (pid === undefined || !/^\d+$/.test(pid) || startedAt === undefined) return undefined;
  return { pid: Number(pid), startedAt, port: Number(port ?? 0), status: status?.trim() ?? "" };
}

/** Whether the pid is a live server on this very data, not a zombie and not another program. */
export async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === "linux") {
    try {
      // A server works in its data directory. A zombie has none.
      return (await readlink(`/proc/${pid}/cwd`)) === cluster;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EACCES")) return false;
      // A root without CAP_SYS_PTRACE, as in a container, may not look; what it was started as is public.
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return command.includes("postgres");
    }
  }
  if (process.platform === "win32") return true;
  const command = await promisify(execFile)("ps", ["-p", String(pid), "-o", "args="]).catch(() => ({
    stdout: "",
  }));
  return command.stdout.includes("postgres");
}

/**
 * Takes away a pid file whose pid now belongs to some other program, or to a zombie that nobody
 * reaps: PostgreSQL itself would take that for a running server and never start again. When another
 * start was quicker and the file is already the one of a new server, it is put back.
 */
export async function removeStalePostmasterFile(
  cluster: string,
  stale: PostmasterFile,
): Promise<void> {
  const aside = join(cluster, `postmaster.pid.stale-${process.pid}`);
  try {
    await rename(pathOf(cluster), aside);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  const [pid, , startedAt] = (await readFile(aside, "utf8")).split("\n");
  if (Number(pid) !== stale.pid || startedAt !== stale.startedAt) {
    await link(aside, pathOf(cluster));
  }
  await rm(aside);
}

/**
 * Starts a watcher that outlives us and stops the server (fast shutdown) once this process is gone,
 * however it went: it waits for the end of a pipe that only we hold open. Returns how to end it.
 */
export function stopServerWhenWeDie(cluster: string, pid: number): () => void {
  // The pid file is looked at again, so that a pid that was given away is never signalled.
  const script = 'read -r _; read -r pid < "$2" && [ "$pid" = "$1" ] && kill -INT "$1"';
  const watcher = spawn(
    "/bin/sh",
    ["-c", script, "nightledger-watcher", String(pid), pathOf(cluster)],
    {
      // Its own session: what ends our process group must not end the watcher.
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      cwd: "/",
      env: {},
    },
  );
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  return () => {
    watcher.kill("SIGKILL");
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function pathOf(cluster: string): string {
  return join(cluster, "postmaster.pid");
}
