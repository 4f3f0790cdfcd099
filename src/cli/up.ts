import { relative, resolve } from "node:path";
import { mailFolderOf } from "../bootstrap.ts";
import type { RunningApi } from "../api/main.ts";
import type { Config } from "../config/config.ts";
import { defineCommand, readSettings } from "./command.ts";
import { findDemoOwner, runDemo } from "./demo/run-demo.ts";
import { startLocal, type Local } from "./local.ts";
import { print, printJson } from "./output.ts";
import { ensureOwner, findOwner, openOwnerSession } from "./owner.ts";
import { giveUp } from "./process.ts";
import { createProgress } from "./progress.ts";

export const up = defineCommand({
  summary: "Starts everything in this process: database, API, console, worker, scheduler",
  usage: `[--port N] [--data-dir DIR] [--empty] [--json]

  --port N        Port of the API and the console; 0 is any free one.
                  Default: 4400, or the next free one.
  --data-dir DIR  Where the database, files and mails are. Default: ./.nightledger
  --empty         Start without the demo company.
  --json          Print one line of JSON when ready: api, console, token, pid.

The database is embedded unless DATABASE_URL is set. Without SMTP_URL mails are written to the
data folder. With either there is no demo company. SIGTERM or Ctrl-C stops everything.`,
  options: {
    port: { type: "string" },
    "data-dir": { type: "string" },
    empty: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
  async run(values) {
    const config = readSettings(
      { dataDir: values["data-dir"], port: values.port },
      { LOG_LEVEL: "warn" },
    );
    const local = await startLocal(config, "up");
    try {
      const userId = await chooseOwner(local, values);
      const api = await local.serve();
      const token = await openOwnerSession(local.platform, userId);
      if (values.json) printJson({ ...addressesOf(api), token, pid: process.pid });
      else announce(local, api, token);
    } catch (error) {
      await giveUp(local.lifecycle, local.platform.log);
      throw error;
    }
    await untilStopped();
  },
});

/**
 * Whose token is printed. The demo company is made on the very first start, but not in a database of
 * somebody else's, nor where its mails would leave the house.
 */
async function chooseOwner(
  { platform }: Local,
  { empty, json }: { empty: boolean; json: boolean },
): Promise<number> {
  const demoOwner = await findDemoOwner(platform);
  const owner = demoOwner ?? (await findOwner(platform));
  const { databaseUrl, smtpUrl } = platform.config;
  const isOurs = databaseUrl === undefined && smtpUrl === undefined;
  const wantsDemo = demoOwner !== undefined || (owner === undefined && isOurs);
  if (!empty && wantsDemo) {
    return (await runDemo(platform, createProgress({ isQuiet: json }))).userId;
  }
  return owner ?? (await ensureOwner(platform));
}

/** Where the API and the console are, for programs. */
export function addressesOf(api: RunningApi): { api: string; console: string } {
  return { api: api.url, console: `${api.url}/console` };
}

/** Where everything is, for people. */
export function announce({ platform: { config } }: Local, api: RunningApi, token: string): void {
  const addresses = addressesOf(api);
  const mails =
    config.smtpUrl === undefined
      ? `written to ${relative(".", mailFolderOf(config))}`
      : `sent by ${new URL(config.smtpUrl).host}`;
  const look = commandOn(config, "runs list");
  print(`
  API      ${addresses.api}/api/v1   (reference: ${addresses.api}/docs)
  Console  ${addresses.console}   (sign in with the token)
  Token    ${token}
  Mails    ${mails}
  Commands ${look} (and night, token, doctor)
  Process  ${process.pid}; Ctrl-C stops it and its database
`);
}

/** How another command is typed that is to find this data folder. */
export function commandOn({ dataDir, databaseUrl }: Config, command: string): string {
  const isDefault = databaseUrl !== undefined || resolve(dataDir) === resolve(".nightledger");
  const folder = relative(".", dataDir).startsWith("..") ? dataDir : relative(".", dataDir);
  return `npx nightledger ${command}${isDefault ? "" : ` --data-dir ${folder}`}`;
}

/** Signals end the process from here on; see startLocal. */
export async function untilStopped(): Promise<never> {
  return await new Promise<never>(() => {});
}
