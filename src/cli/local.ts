import { startApi, type RunningApi } from "../api/main.ts";
import {
  assertReachable,
  openConnectors,
  openOurProviders,
  openPlatform,
  type Platform,
} from "../bootstrap.ts";
import type { Config } from "../config/config.ts";
import { migrate } from "../db/migrate.ts";
import { createLifecycle, type Lifecycle } from "../platform/lifecycle.ts";
import { assertListenable } from "../platform/listen.ts";
import { createLog } from "../platform/log.ts";
import { startOurScheduler, startOurWorker } from "../workers/main.ts";
import { lockDataDir } from "./data-dir-lock.ts";
import { startOwnDatabase } from "./database.ts";
import { giveUp } from "./process.ts";

/** Everything in this process, on one data folder. */
export interface Local {
  platform: Platform;
  lifecycle: Lifecycle;
  /** Starts to serve, once there is something to be served. */
  serve: () => Promise<RunningApi>;
}

const PORT_DEFAULT = 4_400;
const PORTS_TRIED = 100;

/**
 * Brings up the database (the embedded one, unless the settings name another), migrates it, and starts
 * worker and scheduler. From then on signals stop everything, the database last. When a part does not
 * start, those before it are closed again.
 */
export async function startLocal(config: Config, name: string): Promise<Local> {
  const log = createLog({ level: config.logLevel, name });
  const lifecycle = createLifecycle({ log, windowMs: config.shutdownWindowMs });
  const ports = portsOf(config);
  // Before the demo's nights are lived through.
  await assertListenable({ host: config.host, ports });
  try {
    await lifecycle.start("data folder", () => lockDataDir(config.dataDir));
    lifecycle.listen();
    const databaseUrl = config.databaseUrl ?? (await startDatabase(config, lifecycle));
    const platform = await lifecycle.start("platform", () =>
      openPlatform({ config, name, databaseUrl, log }),
    );
    await assertReachable(platform.sql);
    await migrate(platform.sql);
    const providers = await lifecycle.start("providers", async () => {
      const opened = await openOurProviders(config, { makesKey: true });
      return { ...opened, close: () => opened.closeProviders() };
    });
    const connectors = openConnectors(config, providers, { allowsMailFolder: true });
    await lifecycle.start("mail", () => connectors.mail);
    await lifecycle.start("worker", async () => {
      const worker = await startOurWorker(platform, connectors);
      return { close: () => worker.stop() };
    });
    await lifecycle.start("scheduler", async () => {
      const scheduler = await startOurScheduler(platform);
      return { close: () => scheduler.stop() };
    });
    return {
      platform,
      lifecycle,
      serve: () => lifecycle.start("api", () => startApi(platform, { ports, providers })),
    };
  } catch (error) {
    await giveUp(lifecycle, log);
    throw error;
  }
}

async function startDatabase(config: Config, lifecycle: Lifecycle): Promise<string> {
  const { databaseUrl } = await lifecycle.start("database", async () => {
    const own = await startOwnDatabase(config);
    return { databaseUrl: own.databaseUrl, close: () => own.server.stop() };
  });
  return databaseUrl;
}

/** The port that was asked for, or the first free one of ours. */
function portsOf({ port }: Config): readonly number[] {
  if (port !== undefined) return [port];
  return Array.from({ length: PORTS_TRIED }, (_, index) => PORT_DEFAULT + index);
}
