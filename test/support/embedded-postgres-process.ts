// Starts an embedded PostgreSQL in a process of its own, so that a test can kill that process:
//   tsx embedded-postgres-process.ts <module> <options as JSON>
// Answers {"url", "port", "adopted", "notices"} and then does what it reads: "stop", or the end of input.
import { once } from "node:events";
import { pathToFileURL } from "node:url";

const [modulePath = "", options = "{}"] = process.argv.slice(2);
const module: typeof import("../../src/platform/embedded-postgres.ts") = await import(
  pathToFileURL(modulePath).href
);
const server = await module.startEmbeddedPostgres(JSON.parse(options));
const { port, adopted, notices } = server;
process.stdout.write(
  `${JSON.stringify({ url: server.url("postgres"), port, adopted, notices })}\n`,
);
const [command] = await Promise.race([once(process.stdin, "data"), once(process.stdin, "end")]);
if (String(command).trim() === "stop") await server.stop();
process.exit(0);
