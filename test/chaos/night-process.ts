// A part of the product, to be killed: `night-process.ts worker|scheduler|api`, with what it stands
// on in the environment. Says "ready" when it takes work; the API says where it listens.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSmtpMail } from "../../src/connectors/smtp/smtp.ts";
import { openDatabase } from "../../src/db/client.ts";
import { jobs } from "../../src/jobs/index.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createLog } from "../../src/platform/log.ts";
import { createMetricsRegistry } from "../../src/platform/metrics.ts";
import { createLocalStorage } from "../../src/platform/storage.ts";
import { createRuntimeMetrics } from "../../src/workers/metrics.ts";
import { startScheduler } from "../../src/workers/scheduler.ts";
import { startWorker } from "../../src/workers/worker.ts";
import { openTestProviders } from "../support/providers.ts";

/** Short, so that what a dead process held is soon found; a night may lose any number of them. */
const WORKER_TIMES = { leaseMs: 1_500, heartbeatMs: 300 };
const SCHEDULER_TIMES = {
  reconcileMs: 300,
  deliveryOverdueMs: 1_000,
  pollMs: 300,
  crashesMax: 1_000,
};

async function start(role: string | undefined): Promise<void> {
  const {
    TEST_DATABASE_URL: url = "",
    TEST_QUEUE_URL: queueUrl = "",
    TEST_PREFIX: queuePrefix = "",
    TEST_SMTP_URL: smtpUrl = "",
    /** Settings of `openTestProviders`. */
    TEST_PROVIDERS = "{}",
    TEST_APP_URL: appUrl,
  } = process.env;
  const providers = openTestProviders(JSON.parse(TEST_PROVIDERS));
  // Nobody uploads anything here: the folder is never made.
  const storage = createLocalStorage(join(tmpdir(), "nightledger-chaos-files"));
  const parts = {
    sql: openDatabase({ url, connectionsMax: 10, applicationName: `chaos-${role}` }),
    queueUrl,
    queuePrefix,
    jobs,
    clock: systemClock,
    log: createLog({ level: "fatal", name: String(role) }),
    metrics: createRuntimeMetrics(createMetricsRegistry({ withProcessMetrics: false })),
  };
  if (role === "api") {
    // Only here: all routes take longer to load than what a worker needs.
    const { serveApi } = await import("../support/platform.ts");
    // Killed, it has nothing to put in order.
    const test = { sql: parts.sql, defer: () => {} };
    console.log(await serveApi(test, { clock: systemClock, storage, providers, appUrl }));
    return;
  }
  if (role === "scheduler") {
    await startScheduler({ ...parts, settings: SCHEDULER_TIMES });
  } else {
    const mailPolicy = {
      from: "billing@nightledger.test",
      domain: "nightledger.test",
      perSecond: null,
    };
    const mail = createSmtpMail({ url: smtpUrl, connectionsMax: 5 });
    const connectors = { ...providers, mail, mailPolicy };
    await startWorker({ ...parts, connectors, storage, settings: WORKER_TIMES });
  }
  console.log("ready");
}

await start(process.argv[2]);
