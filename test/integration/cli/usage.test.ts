import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { setup } from "../../support/setup.ts";
import { makeDataDir, queueSettings, runCli, START_WITHIN_MS, startCli } from "./run-cli.ts";

const DATABASE_NOBODY_HAS = "postgres://user:hunter2@127.0.0.1:1/nothing";

const WRONG: [string[], Record<string, string>, RegExp][] = [
  [["fly"], {}, /^Unknown command "fly"\. There are: up, demo, .*help\./],
  [["up", "--prot", "1"], {}, /Unknown flag --prot\. See nightledger help up\./],
  [["up", "--port", "notaport"], {}, /--port: expected a number from 0 to 65535, got "notaport"/],
  [["up", "--port", "70000"], {}, /--port: .*"70000"/],
  [["up", "now"], {}, /Unexpected "now"/],
  [["night"], {}, /--date is missing/],
  [["night", "--date", "2028-02-30"], {}, /--date: there is no such day as 2028-02-30/],
  [["night", "--date", "30.2.2028"], {}, /--date: expected a date like .*"30\.2\.2028"/],
  // A flag stands over the variable, which is wrong all the same.
  [
    ["up", "--port", "0"],
    { PORT: "abc" },
    /^Settings: PORT: expected a whole number from 0 to 65535, got "abc"/,
  ],
  [["night", "--date", "2026-03-02", "--to", "2026-03-01"], {}, /--to: 2026-03-01 is before/],
  [
    ["night", "--date", "2026-03-02", "--company", "x"],
    {},
    /--company: expected a number from 1, got "x"/,
  ],
  [["runs"], {}, /Say what to do: list, show, retry, cancel/],
  [["runs", "list", "--status", "lost"], {}, /--status: .*got "lost"/],
  [["runs", "list", "--limit", "0"], {}, /--limit: expected a number from 1 to 1000, got "0"/],
  [["runs", "show", "7"], {}, /"7" is not a run's id/],
  [["token", "create", "--name", "n"], {}, /--company or --user is missing/],
  [
    ["token", "create", "--company", "1", "--name", "n", "--scopes", "clients:eat"],
    {},
    /no scope "clients:eat"/,
  ],
  [
    ["token", "create", "--company", "1", "--name", "n", "--scopes", "clients:write"],
    {},
    /clients:write needs clients:read too/,
  ],
  [["api"], { LOG_LEVEL: "loud" }, /^Settings: LOG_LEVEL: expected one of .*"loud"/],
  [["api"], {}, /^Settings: DATABASE_URL: not set/],
  // Examples are ours, and to be read; what was given is not.
  [
    ["worker"],
    { DATABASE_URL: DATABASE_NOBODY_HAS },
    /^Settings: SMTP_URL: not set; .* like smtp:\/\/user:password@host:587$/m,
  ],
  [
    ["api"],
    { S3_BUCKET: "x", MAIL_FROM: "me@home.org at home", CORS_ORIGINS: "https://me:hunter2@a.org" },
    /S3_BUCKET: .*: 3 to 255 letters.* CORS_ORIGINS: .*got "https:\/\/me:\[redacted\]@a.*; MAIL_FROM: expected Name <address@example\.com> .*got "\[email\] at home"$/m,
  ],
  [
    ["migrate"],
    { DATABASE_URL: DATABASE_NOBODY_HAS },
    /^Cannot connect to 127\.0\.0\.1:1: nobody answers there \(ECONNREFUSED\)\. Check DATABASE_URL\.$/m,
  ],
  [
    ["api"],
    { DATABASE_URL: "postgres://user:hunter2@nope.invalid/x" },
    /^Cannot connect to nope\.invalid: .*\. Check DATABASE_URL\.$/m,
  ],
];

test.for(WRONG)(
  "%j with %j is one clear line and a failure",
  { timeout: 60_000 },
  async ([args, env, line]) => {
    const result = await runCli(args, { env });
    expect(result.code).not.toBe(0);
    expect(result.stdout).toBe("");
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(result.stderr).toMatch(line);
    expect(result.stderr).not.toContain("hunter2");
  },
);

test("without a database a command says how to get one, and makes nothing", async () => {
  const dataDir = await makeDataDir();
  const result = await runCli(["night", "--date", "2026-03-01", "--data-dir", dataDir]);
  expect(result.code).toBe(2);
  expect(result.stderr).toMatch(/There is no database in .*: set DATABASE_URL/);
});

test("a queue, an address or a folder that cannot be used is one line that names its setting", async () => {
  const { databaseUrl } = await setup();
  const dataDir = await makeDataDir();
  const env = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir };
  const noQueue = { ...env, QUEUE_URL: "redis://127.0.0.1:1" };
  const away =
    "Cannot connect to 127.0.0.1:1: nobody answers there (ECONNREFUSED). Check QUEUE_URL.\n";
  const starts: [string[], Record<string, string>, string | RegExp][] = [
    [["up", "--empty", "--port", "0"], noQueue, away],
    [["scheduler"], noQueue, away],
    [["worker"], { ...noQueue, SMTP_URL: "smtp://127.0.0.1:1" }, away],
    [
      ["api", "--port", "0"],
      { ...env, ...queueSettings("usage"), HOST: "nope.invalid" },
      /^Cannot listen on nope\.invalid:0: .* Check HOST and PORT\.\n$/,
    ],
  ];
  await Promise.all(
    starts.map(async ([args, settings, line]) => {
      const result = await runCli(args, { env: settings });
      expect([args, result.code]).toEqual([args, 1]);
      expect(result.stderr).toMatch(line);
      expect(result.stderr.trim().split("\n")).toHaveLength(1);
      expect(result.stdout).toBe("");
    }),
  );

  // Requests do without the queue: they are served, and the log says so once.
  const api = await startCli(["api", "--port", "0"], { env: { ...noQueue, LOG_LEVEL: "info" } });
  const lines = await eventually(
    () => api.logged().includes("check QUEUE_URL") && api.logged().trim().split("\n"),
    { withinMs: START_WITHIN_MS },
  );
  const { port } = lines.map((line) => JSON.parse(line)).find((line) => "port" in line);
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  api.child.kill("SIGTERM");
  const ended = await api.ended;
  expect(ended.code).toBe(0);
  expect(ended.stderr.split("\n").filter((line) => line.includes('"warn"'))).toEqual([
    expect.stringContaining("the queue cannot be reached: check QUEUE_URL"),
  ]);

  const folder = join(dataDir, "theirs");
  await mkdir(folder, { mode: 0o500 });
  const refused = await runCli(["up", "--empty", "--data-dir", folder], { isNobody: true });
  expect(refused.stderr).toMatch(
    /^The data folder .*theirs is not writable for this user \(EACCES\)\. .* --data-dir or DATA_DIR\.\n$/,
  );
}, 180_000);

test("help tells about every command, and the version is the package's", async () => {
  const help = await runCli(["help"]);
  expect(help.code).toBe(0);
  for (const name of [
    "up",
    "demo",
    "migrate",
    "api",
    "worker",
    "scheduler",
    "night",
    "runs",
    "token",
    "doctor",
  ]) {
    expect(help.stdout).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
  }
  expect((await runCli(["help", "night"])).stdout).toContain("--dry-run");
  expect((await runCli(["night", "--help"])).stdout).toContain("--dry-run");
  expect((await runCli(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
}, 60_000);

test("a stack is shown only when debugging", async () => {
  const plain = await runCli(["fly"]);
  const debugging = await runCli(["fly"], { env: { LOG_LEVEL: "debug" } });
  expect(plain.stderr).not.toContain("    at ");
  expect(debugging.stderr).toContain("    at ");
}, 60_000);
