// Starts the server on the databases that the last failed run kept, until Ctrl-C.
import { openDatabase } from "../../src/db/client.ts";
import { startEmbeddedPostgres } from "../../src/platform/embedded-postgres.ts";
import { keptDatabasesFolder } from "./database-server.ts";

const folder = await keptDatabasesFolder();
if (folder === undefined) throw new Error("No failed test kept a database.");
const server = await startEmbeddedPostgres({ dataDir: folder, stopWhenParentDies: true });
const sql = openDatabase({
  url: server.url("postgres"),
  connectionsMax: 1,
  applicationName: "open-kept-databases",
});
const databases = await sql<{ datname: string }[]>`
  select datname from pg_database where starts_with(datname, 't_') order by datname
`.finally(() => sql.end());
for (const { datname } of databases) console.log(server.url(datname));
console.log("Ctrl-C stops the server.");
process.once("SIGINT", () => void server.stop());
process.stdin.resume();
process.once("SIGINT", () => process.stdin.pause());
