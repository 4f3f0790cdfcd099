import { defineCommand, readSettings } from "./command.ts";
import { renderDemoReport } from "./demo/render-report.ts";
import { readDemoReport } from "./demo/report.ts";
import { runDemo } from "./demo/run-demo.ts";
import { tryProviders } from "./demo/try-providers.ts";
import { startLocal, type Local } from "./local.ts";
import { print, printJson, tell } from "./output.ts";
import { openOwnerSession } from "./owner.ts";
import { giveUp } from "./process.ts";
import { createProgress } from "./progress.ts";
import { loadSandbox } from "./sandbox.ts";
import { addressesOf, announce, commandOn, untilStopped } from "./up.ts";

/** What the sandbox's FreshBooks holds: enough to see an import happen. */
const BOOKS = { clients: 40, invoices: 120 };

export const demo = defineCommand({
  summary: "Makes a company with a book, runs the past 90 nights and tonight's, tells about them",
  usage: `[--exit] [--port N] [--data-dir DIR] [--json]

  --exit          End after the report; otherwise API and console stay up.
  --port N        Port of the API and the console; 0 is any free one.
                  Default: 4400, or the next free one.
  --data-dir DIR  Where the demo's database and mails are. Default: ./.nightledger/demo
  --json          Print the report, and how to reach the API, as one line of JSON.

The company is connected to a sandbox of the providers, on this machine: no account is needed, and settings
of the providers do not count. Mails are written to the data folder, whatever SMTP_URL says. Run again, it
shows the same company.`,
  options: {
    exit: { type: "boolean", default: false },
    port: { type: "string" },
    "data-dir": { type: "string" },
    json: { type: "boolean", default: false },
  },
  async run(values) {
    const { startSandbox } = await loadSandbox();
    const sandbox = await startSandbox({ port: 0, seed: BOOKS });
    const settings = Object.assign({}, ...sandbox.servers.map((server) => server.settings));
    const local = await start(values, settings).catch(async (error: unknown) => {
      await sandbox.close();
      throw error;
    });
    const { platform, lifecycle } = local;
    try {
      await lifecycle.start("sandbox", () => sandbox);
      const run = await runDemo(platform, createProgress({ isQuiet: values.json }));
      const api = await local.serve();
      const token = await openOwnerSession(platform, run.userId);
      const providers = new Map(sandbox.servers.map((server) => [server.name, server]));
      if (!values.json) tell("Connecting the providers …");
      const trials = await tryProviders({ url: api.url, token }, providers, run.tonight);
      const report = { ...(await readDemoReport(platform, run)), providers: trials };
      if (!values.json) print(renderDemoReport(report));
      if (values.exit) {
        if (values.json) printJson(report);
        else print(`\nLook into it: ${commandOn(platform.config, "runs list")}`);
        return (await lifecycle.stop("--exit")) ? 0 : 1;
      }
      if (values.json) printJson({ ...report, ...addressesOf(api), token, pid: process.pid });
      else announce(local, api, token);
    } catch (error) {
      await giveUp(lifecycle, platform.log);
      throw error;
    }
    return await untilStopped();
  },
});

interface DemoFlags {
  "data-dir"?: string;
  port?: string;
  json: boolean;
}

async function start(values: DemoFlags, settings: Record<string, string>): Promise<Local> {
  const config = readSettings(
    // Nobody behind the demo's addresses wants mail.
    { dataDir: values["data-dir"], port: values.port, SMTP_URL: "" },
    { DATA_DIR: "./.nightledger/demo", LOG_LEVEL: "error" },
    settings,
  );
  if (!values.json) tell("Starting the database …");
  return await startLocal(config, "demo");
}
