import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { findCompiled } from "../support/compiled-sources.ts";
import type { TestSetup } from "../support/setup.ts";

export type Role = "worker" | "scheduler";

/**
 * Starts a script of this folder as a process on a test's database and queue, and waits for its first output,
 * which it returns. Throws an Error when the process ends before.
 */
export async function startProcess(
  context: TestSetup,
  { script, role, env = {} }: { script: string; role: string; env?: Record<string, string> },
): Promise<{ child: ChildProcess; said: string }> {
  const compiled = await findCompiled(`test/chaos/${script}`);
  const child = spawn(process.execPath, [compiled, role], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      TEST_DATABASE_URL: context.databaseUrl,
      TEST_QUEUE_URL: context.queueUrl,
      TEST_PREFIX: context.queuePrefix,
      ...env,
    },
  });
  context.defer(() => kill(child));
  const [said] = await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(([code]) => {
      throw new Error(`the ${role} ended with ${String(code)} before it was ready`);
    }),
  ]);
  return { child, said: String(said).trim() };
}

/** As a power cut does it: nothing is said, nothing is finished. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
