import { pino } from "pino";
import { createApp } from "../../src/api/app.ts";
import { closeHttpServer, createHttpServer } from "../../src/api/server.ts";
import { defaultApiSettings } from "../../src/api/settings.ts";
import { createSmtpMail } from "../../src/connectors/smtp/smtp.ts";
import type { Sql } from "../../src/db/client.ts";
import { jobs } from "../../src/jobs/index.ts";
import type { Clock } from "../../src/platform/clock.ts";
import { createMetricsRegistry } from "../../src/platform/metrics.ts";
import { createRuntimeMetrics } from "../../src/workers/metrics.ts";
import { startScheduler, type RunningScheduler } from "../../src/workers/scheduler.ts";
import type { WorkerSettings } from "../../src/workers/settings.ts";
import { startWorker } from "../../src/workers/worker.ts";
import type { TestSetup } from "./setup.ts";
import { startSmtpServer, type TestSmtpServer } from "./smtp-server.ts";

export interface TestPlatform {
  sql: Sql;
  /** Where the API listens. */
  url: string;
  /** The real mail server that all mails go to. */
  mail: TestSmtpServer;
  scheduler: RunningScheduler;
}

export interface PlatformOptions {
  clock?: Clock;
  worker?: Partial<WorkerSettings>;
  /** Most mails a second, or null for no limit. */
  mailsPerSecond?: number | null;
}

/** The whole product in this process: API, worker and scheduler on a test's own database. */
export async function startPlatform(
  test: TestSetup,
  { clock = { now: () => new Date() }, worker = {}, mailsPerSecond = null }: PlatformOptions = {},
): Promise<TestPlatform> {
  const { sql, queueUrl, queuePrefix } = test;
  const log = pino({ level: "silent" });
  const mail = await startSmtpServer();
  test.defer(() => mail.close());
  const connector = createSmtpMail({ url: mail.url, connectionsMax: 5 });
  test.defer(() => connector.close());
  const connectors = {
    mail: connector,
    mailPolicy: {
      from: "billing@nightledger.test",
      domain: "nightledger.test",
      perSecond: mailsPerSecond,
    },
  };
  const common = {
    sql,
    queueUrl,
    queuePrefix,
    jobs,
    clock,
    log,
    metrics: createRuntimeMetrics(createMetricsRegistry({ withProcessMetrics: false })),
  };
  const running = await startWorker({ ...common, connectors, settings: worker });
  test.defer(() => running.stop());
  const scheduler = await startScheduler(common);
  test.defer(() => scheduler.stop());
  return { sql, url: await serve(test, clock), mail, scheduler };
}

async function serve(test: TestSetup, clock: Clock): Promise<string> {
  const api = createApp({
    sql: test.sql,
    clock,
    log: pino({ level: "silent" }),
    settings: defaultApiSettings({
      ipSalt: "test",
      publicRequestsPerHour: null,
      requestsPerHour: { free: null, starter: null, pro: null, enterprise: null },
    }),
  });
  const server = createHttpServer(api.app);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  test.defer(async () => {
    await closeHttpServer(server, 1_000);
    await api.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}
