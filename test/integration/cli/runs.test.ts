import { expect, test } from "vitest";
import { z } from "zod";
import { findApiToken } from "../../../src/db/api-tokens.ts";
import { insertCompany } from "../../../src/db/companies.ts";
import { insertMember } from "../../../src/db/company-members.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { insertUser } from "../../../src/db/users.ts";
import { runNightJob } from "../../../src/jobs/billing/run-night.ts";
import { hashToken } from "../../../src/platform/tokens.ts";
import { enqueue } from "../../../src/queue/enqueue.ts";
import { setup } from "../../support/setup.ts";
import { runCli } from "./run-cli.ts";

/** A company with an owner, and a run that nobody is there to execute. */
async function start() {
  const base = await setup();
  const made = await inTransaction(base.sql, async (tx) => {
    const now = base.clock.now();
    const owner = { name: "Owner", email: "owner@runs.test", passwordHash: null, now };
    const user = await insertUser(tx, owner);
    if (user === undefined) throw new Error("no user");
    const company = await insertCompany(tx, { name: "Runs", plan: "enterprise", now });
    await insertMember(tx, { companyId: company.id, userId: user.id, role: "owner" });
    const payload = {
      companyId: company.id,
      businessDate: "2026-03-01",
      dryRun: false,
      request: "1",
    };
    const { runId } = await enqueue(tx, runNightJob, payload);
    return { runId, companyId: company.id, userId: user.id };
  });
  return { ...base, ...made, env: { DATABASE_URL: base.databaseUrl } };
}

const One = z.object({ run: z.looseObject({ id: z.string(), status: z.string() }) });
const Many = z.object({ runs: z.array(z.looseObject({ id: z.string() })) });

test("a run is listed, shown, cancelled and retried, and each change is on record", async () => {
  const { env, runId, companyId, sql } = await start();
  const listed = await runCli(
    ["runs", "list", "--json", "--status", "queued,dead", "--company", String(companyId)],
    { env },
  );
  expect(Many.parse(JSON.parse(listed.stdout)).runs.map((run) => run.id)).toEqual([runId]);
  const none = await runCli(["runs", "list", "--job", "mail.send-invoice"], { env });
  expect(none.stdout).toBe("No runs.\n");

  const cancelled = await runCli(["runs", "cancel", runId, "--reason", "wrong day", "--json"], {
    env,
  });
  expect(One.parse(JSON.parse(cancelled.stdout)).run).toMatchObject({
    status: "cancelled",
    reason: "wrong day",
  });
  const twice = await runCli(["runs", "cancel", runId], { env });
  expect(twice.code).toBe(1);
  expect(twice.stderr).toBe("A run that is cancelled cannot be cancelled.\n");

  const retried = await runCli(["runs", "retry", runId], { env });
  expect(retried.stdout).toBe(`${runId}  night.run  queued\n`);
  const shown = await runCli(["runs", "show", runId], { env });
  expect(shown.stdout).toMatch(/^status +queued$/m);
  expect(await sql`select action, reason from audit_log order by id`).toEqual([
    { action: "run.cancelled", reason: "wrong day" },
    { action: "run.retried", reason: null },
  ]);

  const missing = await runCli(["runs", "show", runId.replace(/^./, "f")], { env });
  expect(missing.code).toBe(1);
  expect(missing.stderr).toBe("Run not found.\n");
}, 60_000);

test("a token is shown once, works for its holder with its scopes, and can expire", async () => {
  const { env, companyId, userId, sql, clock } = await start();
  const flags = ["token", "create", "--name", "import", "--scopes", "clients:read,clients:write"];
  const plain = await runCli([...flags, "--company", String(companyId)], { env });
  const token = plain.stdout.trim();
  expect(token).toMatch(/^nl_[\w-]{43}$/);
  const holder = await findApiToken(sql, { tokenHash: hashToken(token), now: clock.now() });
  expect(holder).toMatchObject({
    id: userId,
    tokenCompanyId: companyId,
    scopes: ["clients:read", "clients:write"],
    expiresAt: null,
  });

  const expiring = await runCli(
    [
      ...flags,
      "--user",
      "OWNER@runs.test",
      "--company",
      String(companyId),
      "--expires",
      "2099-01-01",
      "--json",
    ],
    { env },
  );
  const { token: second } = z.object({ token: z.string() }).parse(JSON.parse(expiring.stdout));
  const after = new Date("2099-01-01T00:00:00Z");
  expect(await findApiToken(sql, { tokenHash: hashToken(second), now: after })).toBeUndefined();

  const past = await runCli([...flags, "--company", String(companyId), "--expires", "2020-01-01"], {
    env,
  });
  expect(past.stderr).toMatch(/--expires: 2020-01-01 is not in the future/);
  const stranger = await runCli([...flags, "--user", "nobody@runs.test"], { env });
  expect(stranger.code).toBe(2);
}, 60_000);
