import { startOurScheduler } from "../workers/main.ts";
import { defineCommand, readSettings } from "./command.ts";
import { serveProbes, startProcess } from "./process.ts";

export const scheduler = defineCommand({
  summary: "Brings work to the workers: events, schedules, what was lost; a second one is a spare",
  usage: `[--port N]

  --port N  Answer /healthz, /readyz and /metrics there. Default: PORT, or nowhere.

Needs DATABASE_URL, migrated.`,
  options: { port: { type: "string" } },
  async run(values) {
    const config = readSettings({ port: values.port });
    await startProcess(config, "scheduler", async (platform, lifecycle) => {
      await serveProbes(platform, lifecycle);
      await lifecycle.start("scheduler", async () => {
        const running = await startOurScheduler(platform);
        return { close: () => running.stop() };
      });
    });
  },
});
