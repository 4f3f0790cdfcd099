import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { isAlive } from "../../../src/platform/postmaster.ts";
import { findCompiled } from "../../support/compiled-sources.ts";
import { eventually } from "../../support/eventually.ts";
import { findFastFolder } from "../../support/fast-folder.ts";

const ROOT = join(import.meta.dirname, "../../..");
const NOBODY = 65_534;
/** Starting a database on a machine with much else to do takes a while. */
export const START_WITHIN_MS = 90_000;

export interface CliOptions {
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** As a user who may do little, where this process is root and may do everything. */
  isNobody?: boolean;
}

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCli {
  child: ChildProcess;
  pid: number;
  ended: Promise<CliResult>;
  /** What it has said on stderr so far. */
  logged: () => string;
  /** The first line on stdout; rejects with stderr when the process ends before. */
  firstLine: () => Promise<string>;
}

/**
 * Starts the command line as a process of its own, with none of this process's settings. Whatever the
 * test leaves running is killed after it.
 */
export async function startCli(
  args: readonly string[],
  { env = {}, cwd = ROOT, isNobody = false }: CliOptions = {},
): Promise<RunningCli> {
  const main = await findCompiled("src/cli/main.ts");
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    ...(isNobody && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NODE_ENV: "test", ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return {
    child,
    pid: child.pid ?? 0,
    ended,
    logged: () => stderr,
    firstLine: async () => {
      const line = eventually(() => /^(.*)\n/.exec(stdout)?.[1], { withinMs: START_WITHIN_MS });
      const tooEarly = ended.then(({ code }) => {
        // It may have said its line and ended before anybody looked.
        const said = /^(.*)\n/.exec(stdout)?.[1];
        if (said !== undefined) return said;
        throw new Error(`It ended with ${code}: ${stderr}`);
      });
      return await Promise.race([line, tooEarly]);
    },
  };
}

/** Runs a command to its end. */
export async function runCli(
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  return await (
    await startCli(args, options)
  ).ended;
}

/** A folder of the test's own. A database server that was left in it is killed first. */
export async function makeDataDir(): Promise<string> {
  const folder = await mkdtemp(join(await findFastFolder(), "nightledger-cli-"));
  // As root the server runs under another account, which would otherwise keep its data elsewhere.
  await chmod(folder, 0o755);
  onTestFinished(async () => {
    const pid = await findPostmaster(folder);
    if (pid !== undefined && (await isRunning(pid))) {
      process.kill(pid, "SIGQUIT");
      await eventually(async () => !(await isRunning(pid)));
    }
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The pid of the embedded server of a data folder, by its own pid file. */
export async function findPostmaster(dataDir: string): Promise<number | undefined> {
  const file = join(dataDir, "postgres", "cluster", "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text.split("\n")[0]);
}

/** Whether a process is at work; an orphan that ended and that nobody reaps is not. */
export async function isRunning(pid: number | undefined): Promise<boolean> {
  if (pid === undefined || !isAlive(pid)) return false;
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) !== "Z";
}

/** Settings under which `up` keeps its queues where this test run keeps them, under a name of their own. */
export function queueSettings(name: string): Record<string, string> {
  const queueUrl = process.env["QUEUE_URL"];
  if (queueUrl === undefined || !queueUrl.startsWith("redis")) return {};
  return { QUEUE_URL: queueUrl, QUEUE_PREFIX: `${name}-${process.pid}-${Date.now()}` };
}
