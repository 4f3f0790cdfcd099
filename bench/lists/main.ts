import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type Sql } from "../../src/db/client.ts";
import { migrate } from "../../src/db/migrate.ts";
import { askApi, startApiProcess, type ApiProcess } from "../api-process.ts";
import { buildProduct } from "../product.ts";
import { median, printFigure, round, tell } from "../report.ts";
import type { BenchServer } from "../server.ts";
import { findLastPage, listReportCases, pagePath, readCases } from "./cases.ts";
import { explainPlans } from "./explain.ts";
import { openServerCpu } from "./server-cpu.ts";
import { BIG_COMPANY_ID, BOOKS, OWNER_ID, seedBooks } from "./seed.ts";

export interface ListOptions {
  invoices: number;
  /** Of each request, after one that is not counted. */
  repetitions: number;
  /** Only the dashboard and the reports. */
  reportsOnly?: boolean;
  /** File that gets the plans of all of them; nothing is measured then. */
  explainTo: string | undefined;
}

const PAGE_UNDER_MS = 150;
/** The dashboard and the six reports of the base contract; of the others. */
const BASE_REPORT_UNDER_MS = 1_500;
const REPORT_UNDER_MS = 2_000;
const CONNECTIONS = 10;
/** The fewest that the API takes, and so many requests that both have executed each statement more than five times. */
const FEW_CONNECTIONS = 2;
const ASKED_BEFORE = 12;
const PER_PAGE = 25;

/** All figures of reading large books over HTTP, one request after the other. */
export async function benchLists(server: BenchServer, options: ListOptions): Promise<void> {
  buildProduct();
  const name = `lists_${options.invoices}`;
  await server.createDatabase(name);
  const databaseUrl = server.url(name);
  const sql = openDatabase({ url: databaseUrl, connectionsMax: 1, applicationName: "bench" });
  const dataDir = await mkdtemp(join(tmpdir(), "nightledger-bench-api-"));
  try {
    tell(`making books of ${options.invoices} invoices`);
    await migrate(sql);
    await seedBooks(sql, options.invoices);
    await server.checkpoint();
    const { explainTo, reportsOnly = false, ...counts } = options;
    if (explainTo !== undefined) {
      const explained = { database: name, logFile: server.logFile, file: explainTo };
      const about = { ...counts, books: BOOKS, version: server.settings["server_version"]! };
      await explainPlans(sql, { ...explained, ...about }, async (ask) => {
        await withApi(sql, { databaseUrl, dataDir }, ask);
      });
      return;
    }
    const settings = {
      ...counts,
      books: BOOKS,
      measured: "HTTP, one request after the other, from request to the end of the answer",
      perPage: PER_PAGE,
      postgres: server.settings,
    };
    if (!reportsOnly) {
      await withApi(sql, { databaseUrl, dataDir, connections: FEW_CONNECTIONS }, async (api) => {
        await measureLists(api, options.repetitions, settings);
      });
    }
    await withApi(sql, { databaseUrl, dataDir }, async (api) => {
      await measureReports(api, await openServerCpu(sql), { ...counts, settings });
    });
  } finally {
    await sql.end();
    await server.dropDatabase(name);
    await rm(dataDir, { recursive: true });
  }
}

async function withApi(
  sql: Sql,
  {
    databaseUrl,
    dataDir,
    connections = CONNECTIONS,
  }: { databaseUrl: string; dataDir: string; connections?: number },
  measure: (api: ApiProcess) => Promise<void>,
): Promise<void> {
  const api = await startApiProcess(sql, {
    databaseUrl,
    connections,
    companyId: BIG_COMPANY_ID,
    userId: OWNER_ID,
    dataDir,
  });
  try {
    await measure(api);
  } finally {
    await api.stop();
  }
}

/**
 * One figure for the first and one for the last page of each filter: the slowest of all orders. And one for a
 * list that was asked for again and again: by then PostgreSQL may have a plan for whatever is asked.
 */
async function measureLists(
  api: ApiProcess,
  repetitions: number,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { filters, sorts } = readCases();
  const slow: Record<string, number> = {};
  let count = 0;
  for (const filter of filters) {
    const lastPage = await findLastPage(api, filter);
    for (const [page, number] of [
      ["first", 1],
      ["last", lastPage],
    ] as const) {
      const bySort: Record<string, number> = {};
      for (const sort of sorts) {
        const path = pagePath(filter, { sort, page: number });
        bySort[sort] = await measureMs(api, path, repetitions);
        count += 1;
        if (bySort[sort] < PAGE_UNDER_MS) continue;
        slow[`${filter.name} ${sort} ${page}`] = bySort[sort];
        tell(`over ${PAGE_UNDER_MS} ms: ${path}: ${round(bySort[sort])} ms`);
      }
      const slowest = Math.max(...Object.values(bySort));
      const worst = sorts.find((sort) => bySort[sort] === slowest);
      tell(`${filter.name}, ${page} page: ${round(slowest)} ms at most`);
      printFigure({
        name: `lists.invoices.${filter.name}.${page}-page`,
        value: slowest,
        unit: "ms",
        target: { under: PAGE_UNDER_MS },
        sides: { worst, cases: sorts.length, msBySort: rounded(bySort), page: number },
        settings,
      });
    }
    const path = `/invoices?${filter.query}`;
    for (let asked = 0; asked < ASKED_BEFORE; asked += 1) await askApi(api, path);
    const ms = await measureMs(api, path, repetitions);
    if (ms >= PAGE_UNDER_MS) {
      tell(`over ${PAGE_UNDER_MS} ms once asked often: ${path}: ${round(ms)} ms`);
    }
    tell(`${filter.name}, asked often: ${round(ms)} ms`);
    printFigure({
      name: `lists.invoices.${filter.name}.asked-often`,
      value: ms,
      unit: "ms",
      target: { under: PAGE_UNDER_MS },
      sides: { askedBefore: ASKED_BEFORE, connections: FEW_CONNECTIONS },
      settings,
    });
  }
  printFigure({
    name: "lists.invoices.pages-over-the-limit",
    value: Object.keys(slow).length,
    unit: `of ${count} pages`,
    target: { atMost: 0 },
    sides: { ms: rounded(slow) },
    settings,
  });
}

/** Beside each figure, what the server worked for it: a busy machine makes others wait, and not more work. */
async function measureReports(
  api: ApiProcess,
  readCpuMs: () => Promise<number | undefined>,
  { repetitions, settings }: { repetitions: number; settings: Readonly<Record<string, unknown>> },
): Promise<void> {
  for (const { name, path, isBase } of listReportCases()) {
    const before = await readCpuMs();
    const ms = await measureMs(api, path, repetitions);
    const after = await readCpuMs();
    const isKnown = before !== undefined && after !== undefined;
    const serverCpuMs = isKnown ? round((after - before) / (1 + repetitions)) : null;
    const load = round(loadavg()[0]!);
    tell(`${name}: ${round(ms)} ms, ${serverCpuMs} ms of the server's CPU; load ${load}`);
    printFigure({
      name: `lists.${name}`,
      value: ms,
      unit: "ms",
      target: { under: isBase ? BASE_REPORT_UNDER_MS : REPORT_UNDER_MS },
      sides: { serverCpuMs, load },
      settings,
    });
  }
}

/** The median of some requests; the one before them brought the pages into memory. */
async function measureMs(api: ApiProcess, path: string, repetitions: number): Promise<number> {
  await askMs(api, path);
  const times: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    times.push(await askMs(api, path));
  }
  return median(times);
}

async function askMs(api: ApiProcess, path: string): Promise<number> {
  const startedAt = performance.now();
  await askApi(api, path);
  return performance.now() - startedAt;
}

function rounded(values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, round(value)]));
}
