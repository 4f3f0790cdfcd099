import { formatMoney } from "../billing/money.ts";
import { readApiSettings, type Platform } from "../bootstrap.ts";
import type { Providers } from "../connectors/contract.ts";
import { createConsole } from "../console/app.ts";
import { errorText } from "../errors.ts";
import { listen } from "../platform/listen.ts";
import { createProbes } from "../platform/probes.ts";
import { readVersion } from "../platform/version.ts";
import { openQueueBackend } from "../queue/backend.ts";
import { createApp } from "./app.ts";
import type { ApiServices } from "./context.ts";
import { createApps } from "./oauth/authorize.ts";
import { closeHttpServer, createHttpServer } from "./server.ts";
import { openSession, signInByPassword } from "./sign-in.ts";

export interface RunningApi {
  port: number;
  /** How this machine reaches it, e.g. "http://127.0.0.1:4400". */
  url: string;
  /** Takes no more requests, lets the open ones end within the grace, writes what is in memory. */
  close: () => Promise<void>;
}

/**
 * Serves the API, the console and the probes on the first of the ports that is free.
 *
 * @throws PortInUse when none is
 */
export async function startApi(
  platform: Platform,
  {
    ports,
    providers,
    graceMs = 5_000,
  }: { ports: readonly number[]; providers: Providers; graceMs?: number },
): Promise<RunningApi> {
  const { config, log, sql, clock, storage } = platform;
  const settings = await readApiSettings(config);
  // Known when a port was found; nobody can ask before.
  let url = config.publicUrl;
  const publicUrl = () => {
    if (url === undefined) throw new Error("the API does not listen yet");
    return url;
  };
  const services: ApiServices = {
    sql,
    clock,
    storage,
    log,
    settings,
    connectors: providers,
    publicUrl,
  };
  const queues = openQueueBackend({
    queueUrl: platform.queueUrl,
    prefix: platform.queuePrefix,
    connectionsMax: 2,
    onError: (error) => log.warn({ err: error }, "queue connection"),
  });
  const console = createConsole({
    sql,
    clock,
    log,
    queues,
    signIn: {
      byPassword: async (attempt) => (await signInByPassword(services, attempt))?.token,
      openSession: (userId) => openSession(sql, { services, userId }),
    },
    apps: createApps(services),
    operators: config.operators,
    sessionMs: settings.sessionMs,
    version: await readVersion(),
    formatMoney,
  });
  const probes = createProbes({
    readiness: platform.readiness,
    metrics: config.hasMetrics ? platform.registry : undefined,
  });
  const api = createApp(services, [
    { path: "/console", handler: console },
    { path: "/", handler: probes },
  ]);

  const server = createHttpServer(api.app);
  try {
    const port = await listen(server, { host: config.host, ports });
    log.info({ port, host: config.host }, "the API is listening");
    let isClosing = false;
    // Requests do without it: only the board of the console looks at the queues.
    queues.ready().catch((error: unknown) => {
      if (isClosing) return;
      log.warn({ reason: errorText(error) }, "the queue cannot be reached: check QUEUE_URL");
    });
    const reachedAt = (url ??= `http://${addressOf(config.host)}:${port}`);
    return {
      port,
      url: reachedAt,
      close: async () => {
        isClosing = true;
        await closeHttpServer(server, graceMs);
        await api.close();
        await queues.close();
      },
    };
  } catch (error) {
    await queues.close();
    throw error;
  }
}

/** Who listens on all addresses is reached on this machine's own. */
function addressOf(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
