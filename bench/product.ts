import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** Where packages are found and git does not look. */
const BUILD = `${ROOT}node_modules/.cache/nightledger-bench/`;

/** Compiles the sources as they are now, beside the `dist/` that somebody may be running. */
export function buildProduct(): void {
  rmSync(BUILD, { recursive: true, force: true });
  mkdirSync(BUILD, { recursive: true });
  const compiler = `${ROOT}node_modules/typescript/bin/tsc`;
  execFileSync(
    process.execPath,
    [compiler, "-p", `${ROOT}tsconfig.build.json`, "--outDir", `${BUILD}dist`],
    { stdio: "inherit" },
  );
  cpSync(`${ROOT}src/db/migrations`, `${BUILD}dist/db/migrations`, { recursive: true });
  cpSync(`${ROOT}package.json`, `${BUILD}package.json`);
}

/** What a process says once it works. */
const READY = {
  api: "the API is listening",
  worker: "worker started",
  scheduler: "scheduler started",
} as const;

/** A process of the product, as operators run it. */
export interface ProductProcess {
  pid: number;
  /** The most memory it ever had (VmHWM), in MB of 10⁶ bytes. */
  readPeakMemoryMb: () => Promise<number>;
  stop: () => Promise<void>;
}

/**
 * Starts `nightledger <command>` and waits until it says that it has started. Throws with what it
 * said when it ends instead.
 */
export async function startProduct(
  command: keyof typeof READY,
  env: Readonly<Record<string, string>>,
): Promise<ProductProcess> {
  return await startNode([`${BUILD}dist/cli/main.js`, command], {
    ready: `"${READY[command]}"`,
    env: { ...env, LOG_LEVEL: "info" },
  });
}

/** Starts a Node process and waits for a line with `ready` in it. */
export async function startNode(
  args: readonly string[],
  { ready, env }: { ready: string; env: Readonly<Record<string, string>> },
): Promise<ProductProcess> {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const gone = once(child, "exit");
  const takeAlong = () => child.kill("SIGKILL");
  process.once("exit", takeAlong);
  void gone.then(() => process.off("exit", takeAlong));
  const said: string[] = [];
  const streams = [child.stdout, child.stderr];
  const readers = streams.map((input) => createInterface({ input }));
  await new Promise<void>((resolve, reject) => {
    for (const reader of readers) {
      reader.on("line", (line) => {
        said.push(line);
        if (line.includes(ready)) resolve();
      });
    }
    void gone.then(() => reject(new Error(`${args.join(" ")} did not start:\n${said.join("\n")}`)));
  });
  // From now on it may say what it likes, and reading that must cost nobody anything.
  for (const reader of readers) reader.close();
  for (const stream of streams) stream.resume();
  return {
    pid: child.pid!,
    async readPeakMemoryMb() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return (Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
    },
    async stop() {
      child.kill("SIGTERM");
      await gone;
    },
  };
}
