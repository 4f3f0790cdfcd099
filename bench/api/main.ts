import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase, type Sql } from "../../src/db/client.ts";
import { migrate } from "../../src/db/migrate.ts";
import { findFreePort } from "../../src/platform/free-port.ts";
import { startApiProcess } from "../api-process.ts";
import { BIG_COMPANY_ID, OWNER_ID, seedBooks } from "../lists/seed.ts";
import { buildProduct, startNode } from "../product.ts";
import { median, printFigure, round, tell } from "../report.ts";
import type { BenchServer } from "../server.ts";
import type { BareLine } from "./bare-statements.ts";
import { load, type Call, type Load } from "./load.ts";

export interface ApiOptions {
  /** Of each side in each repetition. */
  seconds: number;
  repetitions: number;
}

const CONNECTIONS = 10;
const INVOICES = 20_000;
const WARM_UP_SECONDS = 2;
const BARE = fileURLToPath(new URL("bare-process.ts", import.meta.url));

/** What is asked of both sides, and which share of the bare handler's requests a second ours must reach. */
interface Comparison {
  name: string;
  atLeast: number;
  status: number;
  nextCall: () => Call;
}

interface Side {
  url: string;
  headers: Readonly<Record<string, string>>;
  stop: () => Promise<void>;
}

/** Our API beside a bare Express handler that does the same with one statement, by turns. */
export async function benchApi(server: BenchServer, options: ApiOptions): Promise<void> {
  buildProduct();
  await server.createDatabase("api");
  const databaseUrl = server.url("api");
  const sql = openDatabase({ url: databaseUrl, connectionsMax: 1, applicationName: "bench" });
  const dataDir = await mkdtemp(join(tmpdir(), "nightledger-bench-api-"));
  try {
    tell(`making books of ${INVOICES} invoices`);
    await migrate(sql);
    await seedBooks(sql, INVOICES);
    await goLive(sql);
    await server.checkpoint();
    const ours = await startApiProcess(sql, {
      databaseUrl,
      connections: CONNECTIONS,
      companyId: BIG_COMPANY_ID,
      userId: OWNER_ID,
      dataDir,
    });
    const bare = await startBare(databaseUrl);
    try {
      for (const comparison of comparisonsOf(await listInvoiceIds(sql))) {
        await compare({ ours, bare }, comparison, { ...options, postgres: server.settings });
      }
    } finally {
      await Promise.all([ours.stop(), bare.stop()]);
    }
  } finally {
    await sql.end();
    await server.dropDatabase("api");
    await rm(dataDir, { recursive: true });
  }
}

/** A real company lives at the machine's clock; both sides count on with the same numbers. */
async function goLive(sql: Sql): Promise<void> {
  await sql`update companies set test_now = null`;
  await sql`
    insert into counters (company_id, kind, next_value)
    values (${BIG_COMPANY_ID}, 'invoice', ${INVOICES + 1})
  `;
}

async function startBare(databaseUrl: string): Promise<Side> {
  const port = await findFreePort();
  const process = await startNode(["--import", "tsx", BARE], {
    ready: "listening",
    env: {
      DATABASE_URL: databaseUrl,
      DATABASE_CONNECTIONS: String(CONNECTIONS),
      COMPANY_ID: String(BIG_COMPANY_ID),
      PORT: String(port),
      NODE_ENV: "production",
    },
  });
  return { url: `http://127.0.0.1:${port}`, headers: {}, stop: process.stop };
}

async function listInvoiceIds(sql: Sql): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select id from invoices
    where company_id = ${BIG_COMPANY_ID} and deleted_at is null
    order by md5(id::text)
    limit 5000
  `;
  return rows.map((row) => row.id);
}

function comparisonsOf(ids: readonly number[]): Comparison[] {
  let asked = 0;
  const lines = Array.from({ length: 5 }, (_, index): BareLine => ({
    description: `Line ${index + 1} of the work`,
    quantity: index + 1,
    unit_price: 1_234 + index,
    tax_name: "VAT",
    tax_rate: 19,
  }));
  const created = (): Call => {
    asked += 1;
    const body = JSON.stringify({ client_id: 1 + (asked % 400), line_items: lines });
    return { method: "POST", path: "/invoices", body };
  };
  const read = (): Call => {
    asked += 1;
    return { method: "GET", path: `/invoices/${ids[asked % ids.length]}` };
  };
  return [
    { name: "create-invoice-of-5-lines", atLeast: 0.5, status: 201, nextCall: created },
    { name: "get-invoice", atLeast: 0.6, status: 200, nextCall: read },
    {
      name: "list-25-invoices",
      atLeast: 0.5,
      status: 200,
      nextCall: () => ({ method: "GET", path: "/invoices" }),
    },
  ];
}

async function compare(
  sides: Readonly<Record<"ours" | "bare", Side>>,
  { name, atLeast, ...calls }: Comparison,
  { seconds, repetitions, ...settings }: ApiOptions & { postgres: BenchServer["settings"] },
): Promise<void> {
  const loads: Record<"ours" | "bare", Load[]> = { ours: [], bare: [] };
  for (const side of ["bare", "ours"] as const) {
    await load(sides[side], { ...calls, connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
  }
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const side of ["bare", "ours"] as const) {
      const result = await load(sides[side], { ...calls, connections: CONNECTIONS, seconds });
      tell(`${name}, ${side}: ${round(result.requestsPerSecond)} a second`);
      loads[side].push(result);
    }
  }
  printFigure({
    name: `api.${name}.share-of-bare-express`,
    value: median(perSecond(loads.ours)) / median(perSecond(loads.bare)),
    unit: "ratio",
    target: { atLeast },
    sides: {
      oursPerSecond: perSecond(loads.ours).map(round),
      barePerSecond: perSecond(loads.bare).map(round),
      oursP99Ms: p99Ms(loads.ours),
      bareP99Ms: p99Ms(loads.bare),
    },
    settings: {
      seconds,
      repetitions,
      order: "by turns, medians count; a process each, on the same database of 20,000 invoices",
      connections: `${CONNECTIONS} of HTTP, ${CONNECTIONS} to the database`,
      ours: "nightledger api as shipped: API token with all scopes, log on",
      bare: "Express with express.json and postgres.js: no checks, no token, no log, one statement a request",
      ...settings,
    },
  });
}

function perSecond(results: readonly Load[]): number[] {
  return results.map((result) => result.requestsPerSecond);
}

function p99Ms(results: readonly Load[]): number {
  return round(median(results.map((result) => result.p99Ms)));
}
