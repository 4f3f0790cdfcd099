import type { ChildProcess } from "node:child_process";
import { Redis } from "ioredis";
import type { TestSetup } from "../support/setup.ts";
import type { TestSmtpServer } from "../support/smtp-server.ts";
import { startProcess, type Role } from "./processes.ts";

const SCRIPT = "night-process.ts";

/** Starts a process of the product on a test's database and waits until it takes work. */
export async function launch(
  context: TestSetup,
  role: Role,
  mail: Pick<TestSmtpServer, "url">,
  /** Further environment. */
  env: Record<string, string> = {},
): Promise<ChildProcess> {
  const environment = { TEST_SMTP_URL: mail.url, ...env };
  return (await startProcess(context, { script: SCRIPT, role, env: environment })).child;
}

/** The same for an API; answers where it listens, too. */
export async function launchApi(
  context: TestSetup,
  env: Record<string, string>,
): Promise<{ child: ChildProcess; url: string }> {
  const { child, said } = await startProcess(context, { script: SCRIPT, role: "api", env });
  return { child, url: said };
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
