import { parseArgs } from "node:util";
import { benchApi } from "./api/main.ts";
import { benchExports } from "./exports/main.ts";
import { benchLists } from "./lists/main.ts";
import { benchNight } from "./night/main.ts";
import { benchRuns } from "./runs/main.ts";
import { startBenchServer, type BenchServer } from "./server.ts";
import { benchWebhooks } from "./webhooks/main.ts";

const USAGE = `npm run bench [-- name…] [options]

Measures Nightledger beside its peers and prints one line of JSON per figure; how far it is, on stderr.
Names: night, runs, lists, api, webhooks, exports. Default: all. reports: the second part of lists by itself.

  --series A,B       due series of the small and the large book (20000,100000)
  --job-series N     invoices the BullMQ peer of the night makes (5000)
  --jobs N           no-op runs of each side (10000)
  --invoices N       invoices of the company whose lists and reports are read (1000000)
  --explain FILE      writes the plans of the lists and reports there, and measures nothing
  --entries N        time entries that are exported (1000000)
  --messages N       messages that are sent to a receiver (10000)
  --seconds N        of load on each side of the API, in each repetition (5)
  --repetitions N    of each side, by turns; medians count (3)
  --data-dir DIR     where the database server's folder is made (the system's temporary folder)`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    series: { type: "string", default: "20000,100000" },
    "job-series": { type: "string", default: "5000" },
    invoices: { type: "string", default: "1000000" },
    explain: { type: "string" },
    entries: { type: "string", default: "1000000" },
    messages: { type: "string", default: "10000" },
    seconds: { type: "string", default: "5" },
    jobs: { type: "string", default: "10000" },
    repetitions: { type: "string", default: "3" },
    "data-dir": { type: "string" },
    help: { type: "boolean" },
  },
});

const repetitions = Number(values.repetitions);
const BENCHES: Readonly<Record<string, (server: BenchServer) => Promise<void>>> = {
  night: async (server) => {
    const [small = Number.NaN, large = Number.NaN] = values.series.split(",").map(Number);
    const jobSeries = Number(values["job-series"]);
    await benchNight(server, { series: [small, large], jobSeries, repetitions });
  },
  runs: async (server) => {
    await benchRuns(server, { jobs: Number(values.jobs), repetitions });
  },
  api: async (server) => {
    await benchApi(server, { seconds: Number(values.seconds), repetitions });
  },
  webhooks: async (server) => {
    await benchWebhooks(server, { messages: Number(values.messages), repetitions });
  },
  exports: async (server) => {
    await benchExports(server, { entries: Number(values.entries), repetitions });
  },
  lists: async (server) => {
    const invoices = Number(values.invoices);
    await benchLists(server, { invoices, repetitions, explainTo: values.explain });
  },
  reports: async (server) => {
    const invoices = Number(values.invoices);
    await benchLists(server, { invoices, repetitions, explainTo: undefined, reportsOnly: true });
  },
};
/** Another measures it too. */
const PARTS = new Set(["reports"]);

async function main(): Promise<void> {
  if (values.help) {
    console.error(USAGE);
    return;
  }
  const names =
    positionals.length > 0 ? positionals : Object.keys(BENCHES).filter((name) => !PARTS.has(name));
  const unknown = names.find((name) => BENCHES[name] === undefined);
  if (unknown !== undefined) throw new Error(`There is no benchmark ${unknown}.\n${USAGE}`);
  const server = await startBenchServer(values["data-dir"]);
  try {
    for (const name of names) await BENCHES[name]!(server);
  } finally {
    await server.stop();
  }
}

// So that what was started goes with us: servers and workers end when this process exits.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
await main();
