import { openConnectors, openOurProviders } from "../bootstrap.ts";
import { startOurWorker } from "../workers/main.ts";
import { defineCommand, readSettings } from "./command.ts";
import { serveProbes, startProcess } from "./process.ts";

export const worker = defineCommand({
  summary: "Executes runs; any number of them, on any number of machines",
  usage: `[--port N]

  --port N  Answer /healthz, /readyz and /metrics there. Default: PORT, or nowhere.

Needs DATABASE_URL, migrated, and SMTP_URL.`,
  options: { port: { type: "string" } },
  async run(values) {
    const config = readSettings({ port: values.port });
    const providers = await openOurProviders(config, { makesKey: false });
    const connectors = openConnectors(config, providers, { allowsMailFolder: false });
    await startProcess(config, "worker", async (platform, lifecycle) => {
      await serveProbes(platform, lifecycle);
      await lifecycle.start("mail", () => connectors.mail);
      await lifecycle.start("providers", () => ({ close: () => providers.closeProviders() }));
      await lifecycle.start("worker", async () => {
        const running = await startOurWorker(platform, connectors);
        return { close: () => running.stop() };
      });
    });
  },
});
