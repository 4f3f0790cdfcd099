import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Redis } from "ioredis";
import { findCompiled } from "../support/compiled-sources.ts";
import type { TestSetup } from "../support/setup.ts";
import type { TestSmtpServer } from "../support/smtp-server.ts";

export type Role = "worker" | "scheduler";

/** Starts a process of the product on a test's database and waits until it takes work. */
export async function launch(
  context: TestSetup,
  role: Role,
  mail: Pick<TestSmtpServer, "url">,
  /** Further environment. */
  env: Record<string, string> = {},
): Promise<ChildProcess> {
  return (await begin(context, role, { TEST_SMTP_URL: mail.url, ...env })).child;
}

/** The same for an API; answers where it listens, too. */
export async function launchApi(
  context: TestSetup,
  env: Record<string, string>,
): Promise<{ child: ChildProcess; url: string }> {
  const { child, said } = await begin(context, "api", env);
  return { child, url: said };
}

async function begin(
  context: TestSetup,
  role: Role | "api",
  env: Record<string, string>,
): Promise<{ child: ChildProcess; said: string }> {
  const script = await findCompiled("test/chaos/night-process.ts");
  const child = spawn(process.execPath, [script, role], {
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

/** Empties the queue as an operator's slip would, and nothing else. */
export async function emptyQueue({ sql, queueUrl, queuePrefix }: TestSetup): Promise<void> {
  if (!queueUrl.startsWith("redis")) {
    await sql`
      truncate bullmq.job, bullmq.job_dependency, bullmq.job_log, bullmq.event, bullmq.meta,
        bullmq.scheduler
    `;
    return;
  }
  const redis = new Redis(queueUrl);
  try {
    const keys = await redis.keys(`*${queuePrefix}:*`);
    if (keys.length > 0) await redis.unlink(...keys);
  } finally {
    redis.disconnect();
  }
}
