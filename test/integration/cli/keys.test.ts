import { expect, test } from "vitest";
import { startSandbox } from "../../../sandbox/main.ts";
import { loadSandbox, type SandboxModule } from "../../../src/cli/sandbox.ts";
import { openApp } from "../../../src/actions/connection-secrets.ts";
import { saveCompanyApp } from "../../../src/actions/connect-provider.ts";
import { findConnection } from "../../../src/db/connections.ts";
import { createKeyRing } from "../../../src/platform/sealing.ts";
import { insertCompany } from "../../support/records.ts";
import { setup } from "../../support/setup.ts";
import { createToy } from "../../support/toy-provider.ts";
import { makeDataDir, runCli } from "./run-cli.ts";

const old = { id: "k1", key: Buffer.alloc(32, 1) };
const young = { id: "k2", key: Buffer.alloc(32, 2) };
const spell = (...keys: { id: string; key: Buffer }[]) =>
  keys.map(({ id, key }) => `${id}:${key.toString("base64")}`).join(",");

test("a change of keys seals everything anew, and the doctor says where it stands", async () => {
  const { sql, databaseUrl, clock } = await setup();
  const { oauth } = createToy({ url: "http://127.0.0.1:9" });
  const app = { clientId: "own", clientSecret: "s3cret" };
  const companies: number[] = [];
  for (let count = 0; count < 3; count += 1) {
    const companyId = await insertCompany(sql);
    companies.push(companyId);
    const keys = createKeyRing([old]);
    const now = clock.now();
    await sql.begin((tx) =>
      saveCompanyApp(tx, { keys, provider: oauth, companyId, app, userId: null, now }),
    );
  }
  const dataDir = await makeDataDir();
  const run = async (keys: string, ...args: string[]) => {
    const env = { DATABASE_URL: databaseUrl, MASTER_KEYS: keys };
    const { stdout, stderr, code } = await runCli([...args, "--json", "--data-dir", dataDir], {
      env,
    });
    if (stdout === "") throw new Error(stderr);
    return { code, json: JSON.parse(stdout) };
  };
  const diagnose = async (keys: string) => {
    const { json } = await run(keys, "doctor");
    return json.checks.find((check: { name: string }) => check.name === "keys");
  };

  expect(await diagnose(spell(young))).toMatchObject({
    status: "failed",
    detail: "3 sealed values need a key that is missing: k1",
  });
  expect(await diagnose(spell(young, old))).toMatchObject({
    status: "warning",
    advice: expect.stringContaining("nightledger keys rotate"),
  });
  expect(await run(spell(young, old), "keys", "rotate")).toEqual({
    code: 0,
    json: { key: "k2", resealed: 3, left: 0 },
  });
  expect(await diagnose(spell(young))).toMatchObject({ status: "ok" });
  const key = { companyId: companies[1]!, provider: oauth.name };
  const row = await findConnection(sql, key);
  expect(openApp(createKeyRing([young]), row!)).toEqual(app);
}, 90_000);

test("the sandbox is found from source, and is what the command takes it for", async () => {
  const known: SandboxModule["startSandbox"] = startSandbox;
  expect((await loadSandbox()).startSandbox).toBe(known);
  const sandbox = await known({ port: 0, seed: { clients: 1, invoices: 1 } });
  const answers = await Promise.all(
    sandbox.servers.map(async ({ url }) => (await fetch(`${url}/_sandbox/state`)).status),
  );
  await sandbox.close();
  expect(answers).toEqual(sandbox.servers.map(() => 200));
});
