import { startApi } from "../api/main.ts";
import { openOurProviders } from "../bootstrap.ts";
import { defineCommand, readSettings } from "./command.ts";
import { startProcess } from "./process.ts";

const PORT_DEFAULT = 3_000;

export const api = defineCommand({
  summary: "Serves the API and the console",
  usage: `[--port N]

  --port N  Default: PORT, or 3000.

Needs DATABASE_URL, migrated. Workers and the scheduler are processes of their own.`,
  options: { port: { type: "string" } },
  async run(values) {
    const config = readSettings({ port: values.port });
    const providers = await openOurProviders(config, { makesKey: false });
    await startProcess(config, "api", async (platform, lifecycle) => {
      const ports = [config.port ?? PORT_DEFAULT];
      await lifecycle.start("providers", () => ({ close: () => providers.closeProviders() }));
      await lifecycle.start("api", () => startApi(platform, { ports, providers }));
    });
  },
});
