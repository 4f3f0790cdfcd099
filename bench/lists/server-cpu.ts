import { readdir, readFile } from "node:fs/promises";
import type { Sql } from "../../src/db/client.ts";

/** Of a second; what Linux counts in, everywhere. */
const TICKS = 100;

/**
 * Reads how much CPU the database server has used so far, in milliseconds: all its processes, also those that
 * shared a statement's work and ended. Undefined where there is no /proc.
 */
export async function openServerCpu(sql: Sql): Promise<() => Promise<number | undefined>> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const server = (await readProcess(String(row!.pid)))?.parent;
  return async () => {
    if (server === undefined) return undefined;
    const all = await Promise.all((await readdir("/proc")).filter(isPid).map(readProcess));
    const ticks = all.map((process) => {
      if (process?.id === server) return process.own + process.ofEnded;
      return process?.parent === server ? process.own : 0;
    });
    return (ticks.reduce((sum, each) => sum + each, 0) * 1_000) / TICKS;
  };
}

const isPid = (name: string): boolean => /^\d+$/.test(name);

/** Undefined when it is not there, or no longer. Ticks; see proc_pid_stat(5). */
async function readProcess(id: string) {
  const text = await readFile(`/proc/${id}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // The name before it may hold anything, spaces too.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = (from: number): number => Number(fields[from]) + Number(fields[from + 1]);
  return { id, parent: fields[1]!, own: ticks(11), ofEnded: ticks(13) };
}
