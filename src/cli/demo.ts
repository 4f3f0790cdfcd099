import { defineCommand, readSettings } from "./command.ts";
import { renderDemoReport } from "./demo/render-report.ts";
import { readDemoReport } from "./demo/report.ts";
import { runDemo } from "./demo/run-demo.ts";
import { startLocal } from "./local.ts";
import { print, printJson, tell } from "./output.ts";
import { openOwnerSession } from "./owner.ts";
import { giveUp } from "./process.ts";
import { createProgress } from "./progress.ts";
import { addressesOf, announce, commandOn, untilStopped } from "./up.ts";

export const demo = defineCommand({
  summary: "Makes a company with a book, runs the past 90 nights and tonight's, tells about them",
  usage: `[--exit] [--port N] [--data-dir DIR] [--json]

  --exit          End after the report; otherwise API and console stay up.
  --port N        Port of the API and the console; 0 is any free one.
                  Default: 4400, or the next free one.
  --data-dir DIR  Where the demo's database and mails are. Default: ./.nightledger/demo
  --json          Print the report, and how to reach the API, as one line of JSON.

Mails are written to the data folder, whatever SMTP_URL says. Run again, it shows the same company.`,
  options: {
    exit: { type: "boolean", default: false },
    port: { type: "string" },
    "data-dir": { type: "string" },
    json: { type: "boolean", default: false },
  },
  async run(values) {
    const config = readSettings(
      // Nobody behind the demo's addresses wants mail.
      { dataDir: values["data-dir"], port: values.port, SMTP_URL: "" },
      { DATA_DIR: "./.nightledger/demo", LOG_LEVEL: "error" },
    );
    if (!values.json) tell("Starting the database …");
    const local = await startLocal(config, "demo");
    const { platform, lifecycle } = local;
    try {
      const run = await runDemo(platform, createProgress({ isQuiet: values.json }));
      const report = await readDemoReport(platform, run);
      if (!values.json) print(renderDemoReport(report));
      if (values.exit) {
        if (values.json) printJson(report);
        else print(`\nLook into it: ${commandOn(config, "runs list")}`);
        return (await lifecycle.stop("--exit")) ? 0 : 1;
      }
      const api = await local.serve();
      const token = await openOwnerSession(platform, run.userId);
      if (values.json) printJson({ ...report, ...addressesOf(api), token, pid: process.pid });
      else announce(local, api, token);
    } catch (error) {
      await giveUp(lifecycle, platform.log);
      throw error;
    }
    return await untilStopped();
  },
});
