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
  command: "worker" | "scheduler",
  env: Readonly<Record<string, string>>,
): Promise<ProductProcess> {
  const child = spawn(process.execPath, [`${BUILD}dist/cli/main.js`, command], {
    env: { PATH: process.env["PATH"], ...env, LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const gone = once(child, "exit");
  const takeAlong = () => child.kill("SIGKILL");
  process.once("exit", takeAlong);
  void gone.then(() => process.off("exit", takeAlong));
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        if (said.length < 50) said.push(line);
        if (line.includes(`"${command} started"`)) resolve();
      });
    }
    void gone.then(() => reject(new Error(`${command} did not start:\n${said.join("\n")}`)));
  });
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
