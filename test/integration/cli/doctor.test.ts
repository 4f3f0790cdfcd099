import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { startS3Server } from "../../support/s3-server.ts";
import { setup } from "../../support/setup.ts";
import { makeDataDir, queueSettings, runCli } from "./run-cli.ts";

const Report = z.object({
  ok: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(["ok", "warning", "failed"]),
      detail: z.string(),
      advice: z.string().nullable(),
    }),
  ),
});

async function examine(env: Record<string, string>) {
  const dataDir = await makeDataDir();
  const result = await runCli(["doctor", "--json", "--data-dir", dataDir], { env });
  const report = Report.parse(JSON.parse(result.stdout));
  const statuses = Object.fromEntries(report.checks.map((check) => [check.name, check.status]));
  return { ...result, report, statuses };
}

test("a healthy installation has nothing that failed", async () => {
  const { databaseUrl } = await setup();
  const found = await examine({ DATABASE_URL: databaseUrl, ...queueSettings("doctor") });
  expect(found.report).toMatchObject({ ok: true });
  expect(found.code).toBe(0);
  expect(found.statuses).toMatchObject({
    settings: "ok",
    database: "ok",
    migrations: "ok",
    clock: "ok",
    queue: "ok",
    work: "ok",
    files: "ok",
    mail: "warning",
    keys: "warning",
  });
}, 60_000);

test("what is broken is named, with what to do, and the exit code says so", async () => {
  const { databaseUrl } = await setup();
  const found = await examine({
    DATABASE_URL: databaseUrl,
    QUEUE_URL: "redis://127.0.0.1:1",
    SMTP_URL: "smtp://127.0.0.1:1",
  });
  expect(found.code).toBe(1);
  expect(found.statuses).toMatchObject({ database: "ok", queue: "failed", mail: "failed" });
  const { queue, mail } = Object.fromEntries(found.report.checks.map((one) => [one.name, one]));
  expect(queue).toMatchObject({
    detail: expect.stringMatching(/^Cannot connect to 127\.0\.0\.1:1: nobody answers there/),
    advice: expect.stringContaining("Check QUEUE_URL"),
  });
  expect(mail?.detail.match(/ECONNREFUSED/g)).toHaveLength(1);
  for (const check of found.report.checks.filter(({ status }) => status === "failed")) {
    expect(check.advice).not.toBeNull();
  }
}, 60_000);

test("files in a bucket are written, read and deleted to see whether it can be", async () => {
  const { databaseUrl } = await setup();
  const server = await startS3Server();
  onTestFinished(async () => await server.close());
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = server.options;
  const settings = {
    DATABASE_URL: databaseUrl,
    ...queueSettings("doctor"),
    S3_ENDPOINT: endpoint,
    S3_REGION: region,
    S3_BUCKET: bucket,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
  expect((await examine(settings)).statuses).toMatchObject({ files: "ok" });
  expect(server.requests.map((request) => request.split(" ")[0])).toEqual(["PUT", "GET", "DELETE"]);
  expect(server.objects.size).toBe(0);
  const refused = await examine({ ...settings, S3_SECRET_ACCESS_KEY: "hunter2" });
  expect(refused.report.checks.find(({ name }) => name === "files")).toMatchObject({
    status: "failed",
    detail: expect.stringContaining("403 SignatureDoesNotMatch"),
    advice: expect.stringContaining("S3"),
  });
  expect(refused.stdout + refused.stderr).not.toContain("hunter2");
}, 60_000);

test("settings that cannot be read are told by name, without their values", async () => {
  const found = await examine({ DATABASE_URL: "mysql://root:hunter2@db/x", LEASE_MS: "soon" });
  expect(found.code).toBe(1);
  expect(found.report.checks).toHaveLength(1);
  expect(found.report.checks[0]?.detail).toMatch(/DATABASE_URL: .*LEASE_MS: /);
  expect(found.stdout + found.stderr).not.toContain("hunter2");
}, 60_000);

test("a database that is not there or not migrated fails, and a person can read it", async () => {
  const { databaseUrl, sql } = await setup();
  await sql`delete from schema_migrations where name = (select max(name) from schema_migrations)`;
  const behind = await runCli(["doctor"], { env: { DATABASE_URL: databaseUrl } });
  expect(behind.code).toBe(1);
  expect(behind.stdout).toMatch(/^FAIL +migrations +missing: \d{4}_/m);
  expect(behind.stdout).toMatch(/to do: Run nightledger migrate\./);

  const away = await runCli(["doctor"], { env: { DATABASE_URL: "postgres://a:b@127.0.0.1:1/c" } });
  expect(away.code).toBe(1);
  expect(away.stdout).toMatch(/^FAIL +database +Cannot connect to 127\.0\.0\.1:1/m);
  // Nobody has set QUEUE_URL.
  expect(away.stdout).toMatch(/^FAIL +queue .*\n.* Check DATABASE_URL/m);
}, 60_000);

async function look(folder: string, isNobody = false) {
  const args = ["doctor", "--json", "--data-dir", folder];
  return Report.parse(JSON.parse((await runCli(args, { isNobody })).stdout));
}

test("a data folder that is not there, or is somebody else's, is told of as that", async () => {
  const dataDir = await makeDataDir();
  const missing = await look(join(dataDir, "nowhere"));
  expect(missing.checks.find(({ name }) => name === "data folder")).toMatchObject({
    status: "warning",
    detail: `${join(dataDir, "nowhere")} is not there yet`,
    advice: expect.stringContaining("--data-dir"),
  });

  const theirs = join(dataDir, "theirs");
  await mkdir(join(theirs, "postgres", "cluster"), { recursive: true });
  for (const folder of [join(theirs, "postgres"), theirs]) await chmod(folder, 0o000);
  const { ok, checks } = await look(theirs, true);
  expect(ok).toBe(false);
  const byName = Object.fromEntries(checks.map((one) => [one.name, one]));
  expect(byName["settings"]).toMatchObject({ status: "ok" });
  expect(byName["data folder"]).toMatchObject({
    status: "failed",
    detail: `${theirs}: it is not this user's to read and write (EACCES)`,
    advice: expect.stringContaining("the user it belongs to"),
  });
  await chmod(theirs, 0o700);
}, 60_000);
