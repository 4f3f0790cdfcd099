import { pino, type Logger } from "pino";
import { createApp } from "../../src/api/app.ts";
import { closeHttpServer, createHttpServer } from "../../src/api/server.ts";
import { defaultApiSettings } from "../../src/api/settings.ts";
import type { Providers } from "../../src/connectors/contract.ts";
import { createSmtpMail } from "../../src/connectors/smtp/smtp.ts";
import type { Sql } from "../../src/db/client.ts";
import { jobs } from "../../src/jobs/index.ts";
import type { Clock } from "../../src/platform/clock.ts";
import { createMetricsRegistry } from "../../src/platform/metrics.ts";
import type { FileStorage } from "../../src/platform/storage.ts";
import { createRuntimeMetrics } from "../../src/workers/metrics.ts";
import { startScheduler, type RunningScheduler } from "../../src/workers/scheduler.ts";
import type { WorkerSettings } from "../../src/workers/settings.ts";
import { startWorker } from "../../src/workers/worker.ts";
import { openTestProviders } from "./providers.ts";
import { QUICK_PASSWORDS } from "./quick-passwords.ts";
import type { TestSetup } from "./setup.ts";
import { openTestStorage } from "./storage.ts";
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
  /** Default: those of the product, of which none has a client. */
  providers?: Providers;
  /** Where links in mails lead. */
  appUrl?: string;
  /** Default: silence. */
  log?: Logger;
}

/** The whole product in this process: API, worker and scheduler on a test's own database. */
export async function startPlatform(
  test: TestSetup,
  {
    clock = { now: () => new Date() },
    worker = {},
    mailsPerSecond = null,
    providers = openTestProviders(),
    appUrl,
    log = pino({ level: "silent" }),
  }: PlatformOptions = {},
): Promise<TestPlatform> {
  const { sql, queueUrl, queuePrefix } = test;
  const mail = await startSmtpServer();
  test.defer(() => mail.close());
  const connector = createSmtpMail({ url: mail.url, connectionsMax: 5 });
  test.defer(() => connector.close());
  const connectors = {
    ...providers,
    mail: connector,
    mailPolicy: {
      from: "billing@nightledger.test",
      domain: "nightledger.test",
      perSecond: mailsPerSecond,
      appUrl,
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
  const { storage } = openTestStorage(test);
  const running = await startWorker({ ...common, connectors, storage, settings: worker });
  test.defer(() => running.stop());
  const scheduler = await startScheduler(common);
  test.defer(() => scheduler.stop());
  return { sql, url: await serveApi(test, { clock, storage, providers, log }), mail, scheduler };
}

/** The API alone, on a free port; answers where it listens. */
export async function serveApi(
  test: Pick<TestSetup, "sql" | "defer">,
  {
    clock,
    storage,
    providers,
    log = pino({ level: "silent" }),
    appUrl,
  }: {
    clock: Clock;
    storage: FileStorage;
    providers: Providers;
    log?: Logger;
    appUrl?: string | undefined;
  },
): Promise<string> {
  let url = "";
  const api = createApp({
    sql: test.sql,
    clock,
    storage,
    log,
    connectors: providers,
    publicUrl: () => url,
    settings: defaultApiSettings({
      ipSalt: "test",
      appUrl,
      passwordCost: QUICK_PASSWORDS,
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
  url = `http://127.0.0.1:${address.port}`;
  return url;
}
