import { expect, test } from "vitest";
import { makeDataDir, runCli } from "./run-cli.ts";

const DATABASE_NOBODY_HAS = "postgres://user:hunter2@127.0.0.1:1/nothing";

const WRONG: [string[], Record<string, string>, RegExp][] = [
  [["fly"], {}, /^Unknown command "fly"\. There are: up, demo, .*help\./],
  [["up", "--prot", "1"], {}, /Unknown flag --prot\. See nightledger help up\./],
  [["up", "--port", "notaport"], {}, /--port: expected a number from 0 to 65535, got "notaport"/],
  [["up", "--port", "70000"], {}, /--port: .*"70000"/],
  [["up", "now"], {}, /Unexpected "now"/],
  [["night"], {}, /--date is missing/],
  [["night", "--date", "2026-02-30"], {}, /--date: expected a date like .*"2026-02-30"/],
  [["night", "--date", "2026-03-02", "--to", "2026-03-01"], {}, /--to: 2026-03-01 is before/],
  [
    ["night", "--date", "2026-03-02", "--company", "x"],
    {},
    /--company: expected a number, got "x"/,
  ],
  [["runs"], {}, /Say what to do: list, show, retry, cancel/],
  [["runs", "list", "--status", "lost"], {}, /--status: .*got "lost"/],
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
  [["worker"], { DATABASE_URL: DATABASE_NOBODY_HAS }, /^Settings: SMTP_URL: not set/],
  [
    ["migrate"],
    { DATABASE_URL: DATABASE_NOBODY_HAS },
    /^Cannot connect to 127\.0\.0\.1:1: nobody answers/,
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
