import { open, writeFile } from "node:fs/promises";
import type { Sql } from "../../src/db/client.ts";
import { askApi, type ApiProcess } from "../api-process.ts";
import { tell } from "../report.ts";
import { findLastPage, listReportCases, pagePath, readCases } from "./cases.ts";

export interface Explained {
  database: string;
  /** Where the server says what it planned. */
  logFile: string;
  /** Markdown that is written. */
  file: string;
  invoices: number;
  books: string;
  /** Of PostgreSQL. */
  version: string;
}

/** A page or report, and the numbers of the plans of its statements. */
interface Answered {
  what: string;
  plans: number[];
}

/** One of each class: every other order has an index like that of the due date or the total. */
const SORTS = ["id", "-invoice_number", "-due_date", "total"] as const;

/** Plans by what they are made of, each as it was first met. */
type Plans = Map<string, { number: number; lines: string[]; metAt: string; ms: number }>;

/**
 * Asks every list and report once, and writes the plans that PostgreSQL chose for their statements, as
 * auto_explain tells them: those of the API's own connections, executed and counted.
 */
export async function explainPlans(
  sql: Sql,
  explained: Explained,
  withApi: (ask: (api: ApiProcess) => Promise<void>) => Promise<void>,
): Promise<void> {
  await tellPlans(sql, explained.database);
  const plans: Plans = new Map();
  const lists: Answered[] = [];
  const reports: Answered[] = [];
  await withApi(async (api) => {
    const explain = async (what: string, path: string): Promise<Answered> => {
      const from = (await readLog(explained.logFile, 0)).end;
      await askApi(api, path);
      const { text } = await readLog(explained.logFile, from);
      // Statements may be asked for side by side; their order means nothing.
      const numbers = readPlans(text).map((plan) => numberOf(plans, plan, path));
      return { what, plans: [...new Set(numbers)].toSorted((a, b) => a - b) };
    };
    const { filters } = readCases();
    for (const filter of filters) {
      tell(`explaining ${filter.name}`);
      const answers: Answered[] = [];
      for (const [name, page] of [
        ["first", 1],
        ["last", await findLastPage(api, filter)],
      ] as const) {
        for (const sort of SORTS) {
          answers.push(await explain(`${name} by ${sort}`, pagePath(filter, { sort, page })));
        }
      }
      lists.push(...bySamePlans(filter.name, answers));
    }
    for (const { name, path } of listReportCases()) reports.push(await explain(name, path));
  });
  await writeFile(explained.file, describe(explained, { plans, lists, reports }));
}

/** New connections to the database tell how they executed each statement. */
async function tellPlans(sql: Sql, database: string): Promise<void> {
  await sql`alter database ${sql(database)} set session_preload_libraries = 'auto_explain'`;
  await sql`alter database ${sql(database)} set auto_explain.log_min_duration = 0`;
  await sql`alter database ${sql(database)} set auto_explain.log_analyze = on`;
  await sql`alter database ${sql(database)} set auto_explain.log_timing = off`;
  await sql`alter database ${sql(database)} set auto_explain.log_parameter_max_length = 0`;
}

async function readLog(path: string, from: number): Promise<{ text: string; end: number }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (from === 0) return { text: "", end: size };
    const { buffer } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return { text: buffer.toString(), end: size };
  } finally {
    await file.close();
  }
}

interface Plan {
  ms: number;
  lines: string[];
}

/** Who a caller is and what is counted of them is asked at other times; only reads of books count here. */
function readPlans(log: string): Plan[] {
  const told = log.matchAll(/LOG: {2}duration: ([\d.]+) ms {2}plan:\n((?:\t.*\n)+)/g);
  return Array.from(told).flatMap(([, ms, block]) => {
    const lines = block!.split("\n").map((line) => line.replace(/^\t/, ""));
    const begin = lines.findIndex((line) => line.includes("(cost="));
    const statement = lines.slice(0, begin).join(" ");
    if (
      !/^Query Text:\s*(select|with)/.test(statement) ||
      /api_tokens|sessions|pg_type/.test(statement)
    ) {
      return [];
    }
    // Reports of people's time begin with the company's members too.
    const isOfCaller =
      /from (companies|company_members|rate_limits|users)\b/.test(statement) &&
      !statement.includes("time_entries");
    return isOfCaller ? [] : [{ ms: Number(ms), lines: shorten(lines.slice(begin)) }];
  });
}

const SHOWN =
  /^\s*(->|Index Cond:|Filter:|Rows Removed by Filter:|Heap Fetches:|Workers Launched:)/;
const LINE_MAX = 150;

/** Without estimates, and without what PostgreSQL says of its memory. */
function shorten(lines: readonly string[]): string[] {
  return lines
    .filter((line, index) => index === 0 || SHOWN.test(line) || /\(cost=/.test(line))
    .map((line) =>
      line
        .replace(/ +\(cost=[^)]*\)/, "")
        .replace(/\(actual rows=([\d.]+) loops=1\)/, "($1 rows)")
        .replace(/\(actual rows=([\d.]+) loops=(\d+)\)/, "($1 rows, $2 times)")
        .replaceAll(/(\d+)\.00 rows/g, "$1 rows"),
    )
    .map((line) => (line.length > LINE_MAX ? `${line.slice(0, LINE_MAX)}…` : line));
}

/** Plans of the same nodes over the same indexes are one; indexes of an order stand for each other. */
function numberOf(plans: Plans, { ms, lines }: Plan, path: string): number {
  const nodes = lines
    .filter((line, index) => index === 0 || line.includes("->"))
    .map((line) =>
      line.replace(/ *\(.*$/, "").replace(/invoices_by_(?!number)\w+/, "invoices_by_…"),
    );
  const key = nodes.join("\n");
  const known = plans.get(key);
  if (known !== undefined) return known.number;
  plans.set(key, { number: plans.size + 1, lines, metAt: path, ms });
  return plans.size;
}

/** One row for all pages that are answered in the same way; the most usual way is not told by pages. */
function bySamePlans(name: string, answers: readonly Answered[]): Answered[] {
  const groups = new Map<string, Answered[]>();
  for (const answer of answers) {
    const key = answer.plans.join(" ");
    groups.set(key, [...(groups.get(key) ?? []), answer]);
  }
  const [usual, ...others] = [...groups.values()].toSorted((a, b) => b.length - a.length);
  return [
    { what: `${name} | ${others.length === 0 ? "all" : "all others"}`, plans: usual![0]!.plans },
    ...others.map((group) => ({
      what: `${name} | ${group.map(({ what }) => what).join(", ")}`,
      plans: group[0]!.plans,
    })),
  ];
}

function describe(
  { invoices, books, version }: Explained,
  { plans, lists, reports }: { plans: Plans; lists: Answered[]; reports: Answered[] },
): string {
  const linked = ({ plans: numbers }: Answered) =>
    numbers.map((number) => `[${number}](#plan-${number})`).join(" ");
  const count = invoices.toLocaleString("en");
  return `# Plans of lists and reports

Written by \`npm run bench -- lists --explain docs/explain-plans.md\`: what PostgreSQL ${version} did for every list of invoices and every report, told by auto_explain, at ${count} invoices. Books: ${books}.

## How to read it

- Each filter of \`GET /invoices\` is asked for its first and its last page in four orders: ${SORTS.join(", ")}; every other order has an index like that of the due date or the total. A plan stands for its like of another order, read forwards or backwards. The plans are those of its statements: what all that match come to (from [\`invoice_tallies\`](schema.txt), or counted), the page with its tags and taxes. What is asked about the caller is left out.
- **A list of whole states** (no filter, status, archived) never counts: the tallies do. The page is an \`Index Scan\` of \`invoices_by_…\` for each status under a \`Nested Loop\`, each with a \`Limit\`: as many rows as the page has, whatever the book has. The last page is read backwards from the end.
- **A filter that matches few** is looked up by its own index, and sorted: a \`Sort\` over the rows it matches, up to 50,000, or 200,000 whose numbers begin alike.
- **A filter that matches many** is counted in an \`Index Only Scan\`: \`Heap Fetches\` near 0 say that the index had all it took. Then the page is met with on the way through the order, as above, with a \`Filter\`.
- **A search or a report** is planned for its values each time. PostgreSQL keeps the plans of other statements, and from the sixth time on has one for any values.
- **A report** reads its period once, mostly in a \`Parallel Seq Scan\`: work whose currency matters is joined with the few invoices and clients that have another one than the company. Taxes are added up in parts of the period (\`Parallel Append\`), each off an index that has them by invoice.
- \`Parallel\` nodes and \`Gather\` share a count among processes; \`Workers Launched\` says among how many more.
- Worth a look when a list is slow: \`Heap Fetches\` in the thousands (vacuum does not keep up), \`Rows Removed by Filter\` far above the rows of the page, a \`Seq Scan\` on invoices.
- Rows are as counted, for each of so many times; conditions are cut. The time is that of the statement with counting, on the machine of that day.

## Lists

| filter | pages | plans |
| --- | --- | --- |
${lists.map((row) => `| ${row.what} | ${linked(row)} |`).join("\n")}

## Dashboard and reports

| report | plans |
| --- | --- |
${reports.map((row) => `| ${row.what} | ${linked(row)} |`).join("\n")}

## Plans

${Array.from(plans.values(), planOf).join("\n")}`;
}

function planOf({ number, lines, metAt, ms }: Plans extends Map<string, infer P> ? P : never) {
  return `### Plan ${number}

\`${decodeURIComponent(metAt)}\`, ${ms.toFixed(1)} ms

\`\`\`text
${lines.join("\n")}
\`\`\`
`;
}
