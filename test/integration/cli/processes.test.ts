import { expect, test } from "vitest";
import { z } from "zod";
import { findFreePort } from "../../../src/platform/free-port.ts";
import { eventually } from "../../support/eventually.ts";
import { setup } from "../../support/setup.ts";
import { startSmtpServer } from "../../support/smtp-server.ts";
import { makeDataDir, runCli, START_WITHIN_MS, startCli } from "./run-cli.ts";

/** An answer's `data` and token, as far as this test looks at it. */
const Answer = z.looseObject({
  data: z.looseObject({ id: z.union([z.int(), z.string()]), status: z.string().optional() }),
  token: z.string().optional(),
});

test(
  "api, worker and scheduler run as processes of their own, answer probes, and end on SIGTERM",
  async () => {
    const base = await setup();
    const mail = await startSmtpServer();
    base.defer(() => mail.close());
    const env = {
      DATABASE_URL: base.databaseUrl,
      QUEUE_URL: base.queueUrl,
      QUEUE_PREFIX: base.queuePrefix,
      DATA_DIR: await makeDataDir(),
      SMTP_URL: mail.url,
      LOG_LEVEL: "warn",
    };
    const parts = await Promise.all(
      ["api", "worker", "scheduler"].map(async (name) => {
        const port = await findFreePort();
        const url = `http://127.0.0.1:${port}`;
        return { url, process: await startCli([name], { env: { ...env, PORT: String(port) } }) };
      }),
    );
    for (const { url } of parts) {
      await eventually(async () => (await fetch(`${url}/readyz`)).status === 200, {
        withinMs: START_WITHIN_MS,
      });
    }
    const metrics = await (await fetch(`${parts[1]?.url}/metrics`)).text();
    expect(metrics).toContain("nightledger_runs_total");

    let token: string | undefined;
    const ask = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${parts[0]?.url}/api/v1${path}`, {
        method,
        headers: {
          "content-type": "application/json",
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect(response.status).toBeLessThan(300);
      return Answer.parse(await response.json());
    };
    const person = { name: "Pat", email: "pat@processes.test", password: "correct horse battery" };
    token = (await ask("POST", "/auth/register", person)).token;
    await ask("POST", "/companies", { name: "Apart" });
    const run = await ask("POST", "/nights", {});
    await eventually(
      async () => (await ask("GET", `/runs/${run.data.id}`)).data.status === "succeeded",
      { withinMs: 20_000 },
    );

    for (const part of parts) {
      part.process.child.kill("SIGTERM");
      const ended = await part.process.ended;
      expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 0, stdout: "" });
    }
  },
  START_WITHIN_MS * 2,
);

test("a process on a database that is not up to date says what to type, and ends", async () => {
  const { databaseUrl, sql } = await setup();
  await sql`delete from schema_migrations where name = (select max(name) from schema_migrations)`;
  const result = await runCli(["scheduler"], { env: { DATABASE_URL: databaseUrl } });
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(
    /^The database is not up to date \(.*\d{4}_.*\): run nightledger migrate\.\n$/,
  );
}, 60_000);
