import { closeHttpServer, createHttpServer } from "../api/server.ts";
import { assertMigrated, assertReachable, openPlatform, type Platform } from "../bootstrap.ts";
import type { Config } from "../config/config.ts";
import { createLifecycle, type Lifecycle } from "../platform/lifecycle.ts";
import { createLog, type Log } from "../platform/log.ts";
import { listen } from "../platform/listen.ts";

/** Runs one part of the platform until a signal comes; what does not start is an error, and nothing is left. */
export async function startProcess(
  config: Config,
  name: string,
  start: (platform: Platform, lifecycle: Lifecycle) => Promise<void>,
): Promise<never> {
  const log = createLog({ level: config.logLevel, name });
  const lifecycle = createLifecycle({ log, windowMs: config.shutdownWindowMs });
  try {
    const platform = await lifecycle.start("platform", () => openPlatform({ config, name, log }));
    lifecycle.listen();
    await assertReachable(platform.sql);
    await assertMigrated(platform.sql);
    await start(platform, lifecycle);
  } catch (error) {
    await giveUp(lifecycle, log);
    throw error;
  }
  return await new Promise<never>(() => {});
}

/** Closes what had been started. The error will be told in one line; how we tidied up is no news beside it. */
export async function giveUp(lifecycle: Lifecycle, log: Log): Promise<void> {
  if (log.level === "info") log.level = "warn";
  await lifecycle.stop("it did not start");
}

/** Health and metrics of a process that serves nothing else, where PORT says. */
export async function serveProbes(platform: Platform, lifecycle: Lifecycle): Promise<void> {
  const { config, readiness, registry } = platform;
  const { port } = config;
  if (port === undefined) return;
  // Most workers are asked nothing, and need not load what answers.
  const { default: express } = await import("express");
  const { createProbes } = await import("../platform/probes.ts");
  const app = express();
  app.disable("x-powered-by");
  app.use(createProbes({ readiness, metrics: config.hasMetrics ? registry : undefined }));
  const server = createHttpServer(app);
  await lifecycle.start("probes", async () => {
    await listen(server, { host: config.host, ports: [port] });
    return { close: () => closeHttpServer(server, 1_000) };
  });
}
