import { defineCommand, UsageError } from "./command.ts";
import { print, printJson, renderTable } from "./output.ts";
import { untilStopped } from "./up.ts";

/** What the sandbox offers us; nothing else here knows it. */
export interface SandboxModule {
  startSandbox: (options: {
    port: number;
    seed?: { clients: number; invoices: number };
  }) => Promise<{
    servers: readonly {
      name: string;
      url: string;
      settings: Record<string, string>;
      readState: () => unknown;
    }[];
    close: () => Promise<void>;
  }>;
}

const PORT_DEFAULT = 4_600;

export const sandbox = defineCommand({
  summary: "Runs local stand-ins for the providers, to try connections without accounts",
  usage: `[--port N] [--clients N] [--invoices N] [--json]

  --port N      Port of the first one, the others follow; 0 takes any free ones. Default: ${PORT_DEFAULT}.
  --clients N   How many clients their books hold. Default: 200.
  --invoices N  How many invoices. Default: 2000.
  --json        Print one line of JSON when ready: each provider's url, and settings, pid.

They listen on this machine only and agree to everything. "settings" are the environment variables
that point Nightledger to them. What they hold, and faults on demand: see docs/connectors.`,
  options: {
    port: { type: "string" },
    clients: { type: "string" },
    invoices: { type: "string" },
    json: { type: "boolean", default: false },
  },
  async run(values) {
    const { startSandbox } = await loadSandbox();
    const running = await startSandbox({
      port: readCount("--port", values.port, PORT_DEFAULT, 65_535),
      seed: {
        clients: readCount("--clients", values.clients, 200, 100_000),
        invoices: readCount("--invoices", values.invoices, 2_000, 1_000_000),
      },
    });
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => void running.close().then(() => process.exit(0)));
    }
    const settings = Object.assign({}, ...running.servers.map((server) => server.settings));
    if (values.json) {
      const urls = Object.fromEntries(running.servers.map(({ name, url }) => [name, url]));
      printJson({ providers: urls, settings, pid: process.pid });
    } else {
      print(renderTable(running.servers.map(({ name, url }) => [name, url])));
      print(
        `\n${Object.entries(settings)
          .map(([name, value]) => `${name}=${String(value)}`)
          .join("\n")}`,
      );
    }
    await untilStopped();
  },
});

/** Beside src in the source tree, beside us where all is compiled. */
export async function loadSandbox(): Promise<SandboxModule> {
  const path = import.meta.url.endsWith(".ts") ? "../../sandbox/main.ts" : "../sandbox/main.js";
  return await import(path);
}

function readCount(flag: string, text: string | undefined, otherwise: number, max: number): number {
  if (text === undefined) return otherwise;
  const count = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (count <= max) return count;
  throw new UsageError(`${flag}: expected a number from 0 to ${max}, got "${text}".`);
}
