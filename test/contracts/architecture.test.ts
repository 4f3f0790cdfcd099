import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const LINES_MAX = 400;

/**
 * Which folder of src may import which. Its own folder and errors.ts are open to every file; what is
 * not listed here may not exist. Settings reach a part as arguments, so only those who put the parts
 * together may import config.
 */
const everything = Symbol("everything");
const mayImport: Readonly<Record<string, readonly string[] | typeof everything>> = {
  billing: [],
  platform: [],
  config: [],
  connectors: ["platform", "billing"],
  db: ["platform", "billing"],
  actions: ["db", "billing", "platform"],
  queue: ["platform", "db"],
  jobs: ["actions", "queue", "db", "billing", "connectors", "platform"],
  workers: ["jobs", "queue", "db", "platform"],
  console: ["actions", "queue", "db", "platform"],
  api: ["actions", "jobs", "queue", "db", "billing", "connectors", "platform"],
  cli: everything,
  "bootstrap.ts": everything,
  "errors.ts": [],
};

/** A library that decides how things are done here is used in one place; the rest sees our own words. */
const packageHomes: Readonly<Record<string, readonly string[]>> = {
  bullmq: ["src/queue/"],
  ioredis: ["src/queue/"],
  pg: ["src/queue/"],
  // ledger-pool.ts reads the settings of an open pool; embedded-postgres.ts asks whether one answers.
  postgres: ["src/db/client.ts", "src/db/ledger-pool.ts", "src/platform/embedded-postgres.ts"],
  express: ["src/api/", "src/console/", "src/platform/probes.ts", "src/cli/", "src/bootstrap.ts"],
  "@bull-board/api": ["src/console/"],
  "@bull-board/express": ["src/console/"],
  "@fastify/busboy": ["src/api/"],
  "@node-oauth/oauth2-server": ["src/api/oauth/"],
  aws4fetch: ["src/platform/"],
  undici: ["src/platform/"],
  canonicalize: ["src/actions/"],
  "sanitize-html": ["src/platform/"],
  sharp: ["src/platform/"],
  nodemailer: ["src/connectors/smtp/"],
  jose: ["src/connectors/google-sign-in/"],
  stripe: ["src/connectors/stripe/"],
  "@googleapis/calendar": ["src/connectors/google-calendar/"],
  pdfkit: ["src/platform/"],
  fontkit: ["src/platform/"],
  pino: ["src/platform/", "src/api/"],
  "prom-client": ["src/platform/", "src/workers/", "src/api/", "src/bootstrap.ts"],
  "temporal-polyfill": ["src/billing/"],
};

interface Source {
  /** From the root, with slashes: "src/db/client.ts". */
  path: string;
  text: string;
  /** The text with comments blanked, lines kept. */
  code: string;
}

function readSources(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|mjs)$/.test(name))
      .map((name) => {
        const path = posix.join(folder, name.replaceAll("\\", "/"));
        const text = readFileSync(join(ROOT, path), "utf8");
        return { path, text, code: withoutComments(text) };
      }),
  );
}

function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .replaceAll(/(^|[\s;{}(),])\/\/.*$/gm, "$1");
}

/** What a file imports, exports from or loads: static, type-only and dynamic alike. */
function importsOf({ code }: Source): string[] {
  const patterns = [
    /^\s*(?:import|export)\s[^;"'`]*?\sfrom\s+["']([^"']+)["']/gm,
    /^\s*import\s+["']([^"']+)["']/gm,
    /\bimport\(\s*["']([^"']+)["']/g,
    /\brequire(?:\.resolve)?\(\s*["']([^"']+)["']/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ""));
}

/** The folder of src a file lies in, or its name when it lies in src itself. */
function areaOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

const src = readSources("src");

function findIn(sources: readonly Source[], pattern: RegExp): string[] {
  return sources.flatMap(({ path, code }) =>
    code
      .split("\n")
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
}

test("every import goes where the table of folders lets it", () => {
  const violations = src.flatMap((source) => {
    const from = areaOf(source.path);
    const allowed = mayImport[from];
    if (allowed === undefined) return [`${source.path} lies in no folder of the table`];
    if (allowed === everything || basename(source.path) === "main.ts") return [];
    return importsOf(source)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => posix.join(dirname(source.path), specifier))
      .filter((target) => {
        const to = areaOf(target);
        if (!target.startsWith("src/")) return true;
        return to !== from && to !== "errors.ts" && !allowed.includes(to);
      })
      .map((target) => `${source.path} imports ${target}`);
  });
  expect(violations).toEqual([]);
});

test("docs/architecture.md shows the same table", () => {
  const document = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  const shown = [...document.matchAll(/^\| `src\/([\w.]+)` +\| [^|]+ \| ([^|]+?) +\|$/gm)].map(
    ([, area, allowed]): [string, string] => [area ?? "", allowed ?? ""],
  );
  const words = Object.entries(mayImport).map(([area, allowed]): [string, string] => [
    area,
    allowed === everything ? "everything" : allowed.join(", ") || "nothing",
  ]);
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(words));
});

test("the check of imports sees every form of import", () => {
  const text = [
    'import { a } from "./a.ts";',
    'import {\n  b,\n} from "./b.ts";',
    'import type { C } from "./c.ts";',
    'export { d } from "./d.ts";',
    'import "./e.ts";',
    'const f = await import("./f.ts");',
    'let g: import("./g.ts").G;',
    '// import { h } from "./h.ts";',
    '/* import { i } from "./i.ts"; */',
  ].join("\n");
  const found = importsOf({ path: "", text, code: withoutComments(text) });
  expect(found.toSorted()).toEqual(
    ["a", "b", "c", "d", "e", "f", "g"].map((name) => `./${name}.ts`),
  );
});

test("a library that decides how things are done is imported in its own place only", () => {
  const violations = src.flatMap((source) =>
    importsOf(source).flatMap((specifier) => {
      const homes = packageHomes[packageOf(specifier)];
      if (homes === undefined || homes.some((home) => source.path.startsWith(home))) return [];
      return [`${source.path} imports ${specifier}`];
    }),
  );
  expect(violations).toEqual([]);
});

test("billing rules do no input or output: they import nothing of Node", () => {
  const violations = src
    .filter(({ path }) => path.startsWith("src/billing/"))
    .flatMap((source) =>
      importsOf(source)
        .filter((specifier) => specifier.startsWith("node:"))
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
  expect(violations).toEqual([]);
});

test("billing rules wait for nothing", () => {
  const billing = src.filter(({ path }) => path.startsWith("src/billing/"));
  expect(findIn(billing, /\basync\b|\bawait\b|\bPromise\b/)).toEqual([]);
});

test("nothing in src knows the sandbox, the tests or the benchmarks", () => {
  const violations = src.flatMap((source) =>
    importsOf(source)
      .filter((specifier) => /(^|\/)(sandbox|test|bench)\//.test(specifier))
      .map((specifier) => `${source.path} imports ${specifier}`),
  );
  expect(violations).toEqual([]);
});

test("the sandbox stands for others: it knows nothing of ours, and no library", () => {
  const violations = readSources("sandbox").flatMap((source) =>
    importsOf(source)
      .filter((specifier) => {
        if (!specifier.startsWith(".")) return !specifier.startsWith("node:");
        return !posix.join(dirname(source.path), specifier).startsWith("sandbox/");
      })
      .map((specifier) => `${source.path} imports ${specifier}`),
  );
  expect(violations).toEqual([]);
});

test("only config and the entry points read the environment", () => {
  // main.ts hands process.env to loadConfig as a whole and reads nothing out of it.
  const others = src.filter(({ path }) => !path.startsWith("src/config/"));
  const reads = findIn(others, /process\.env\b|import\.meta\.env\b/);
  const handingOver = /\bloadConfig\(process\.env\)/;
  expect(reads.filter((line) => !handingOver.test(line))).toEqual([]);
});

test("business code asks neither the machine's clock nor chance", () => {
  const business = src.filter(({ path }) => /^src\/(billing|actions|jobs)\//.test(path));
  const asking =
    /\bDate\.now\(|\bnew Date\(\s*\)|\bMath\.random\(|\bperformance\.now\(|\bTemporal\.Now\b|\bsystemClock\b/;
  expect(findIn(business, asking)).toEqual([]);
});

test("database code takes business time as an argument", () => {
  const db = src.filter(({ path }) => path.startsWith("src/db/"));
  expect(findIn(db, /\bDate\.now\(|\bnew Date\(\s*\)|\bsystemClock\b/)).toEqual([]);
});

test(`no file is longer than ${LINES_MAX} lines`, () => {
  const tooLong = readSources("src", "sandbox", "test", "bench", "scripts")
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > LINES_MAX);
  expect(tooLong).toEqual([]);
});

test("no file is a drawer for odds and ends", () => {
  const drawers = readSources("src", "sandbox", "test", "bench").filter(({ path }) =>
    /(^|\/)(utils?|common|helpers?|shared|misc|types)(\/|\.ts$)/.test(path),
  );
  expect(drawers.map(({ path }) => path)).toEqual([]);
});

test("files and folders are named in kebab-case", () => {
  const misnamed = readSources("src", "sandbox", "test", "bench").filter(({ path }) =>
    path
      .split("/")
      .some((part) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|suite))?(\.ts|\.mjs)?$/.test(part)),
  );
  expect(misnamed.map(({ path }) => path)).toEqual([]);
});

test("folders are at most three deep", () => {
  const deep = src.filter(({ path }) => path.split("/").length > 5);
  expect(deep.map(({ path }) => path)).toEqual([]);
});

test("everything is exported by its name, by the file that has it", () => {
  expect(findIn(src, /^\s*export\s+default\b/)).toEqual([]);
  expect(
    findIn(src, /^\s*export\s+(type\s+)?\*|^\s*export\s+(type\s+)?\{[^}]*\}\s+from\b/),
  ).toEqual([]);
  // A re-export over several lines.
  const reexporting = src.filter(({ code }) =>
    /^export\s+(type\s+)?\{[^}]*\}\s+from\b/m.test(code),
  );
  expect(reexporting.map(({ path }) => path)).toEqual([]);
});

test("nothing is left for later", () => {
  // Looked for in comments too, so in the text.
  const marks = readSources("src", "sandbox", "test", "bench")
    .filter(({ path }) => path !== "test/contracts/architecture.test.ts")
    .flatMap(({ path, text }) => {
      const found = /\b(TODO|FIXME|HACK)\b/.exec(text)?.[0];
      return found === undefined ? [] : [`${path}: ${found}`];
    });
  expect(marks).toEqual([]);
});

test("no test is skipped or runs alone", () => {
  const tests = readSources("test").filter(({ path }) => path.endsWith(".test.ts"));
  expect(findIn(tests, /\b(test|it|describe)\.(skip|only|todo|fails)\b/)).toEqual([]);
});

test("whoever writes events also hands them to the relay", () => {
  const silent = src.filter(
    ({ code }) =>
      /insert\s+into\s+events\b/.test(code) && !/insert\s+into\s+event_outbox\b/.test(code),
  );
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test("SQL about our tables is written in db only", () => {
  const schema = readFileSync(join(ROOT, "docs/schema.txt"), "utf8");
  const tables = [...schema.matchAll(/^table (\w+)$/gm)].map((match) => match[1] ?? "");
  expect(tables).toContain("invoices");
  const naming = new RegExp(String.raw`\b(from|join|into|update)\s+(${tables.join("|")})\b`);
  const elsewhere = src.filter(({ path }) => !path.startsWith("src/db/"));
  const found = elsewhere.flatMap(({ path, code }) =>
    // Only what stands in a template: error messages and comments may speak of invoices.
    [...code.matchAll(/`[^`]*`/g)]
      .map((match) => naming.exec(match[0])?.[0])
      .flatMap((statement) => (statement === undefined ? [] : [`${path}: ${statement}`])),
  );
  expect(found).toEqual([]);
});
