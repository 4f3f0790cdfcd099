import { expect, test } from "vitest";
import { z } from "zod";
import { setup } from "../../support/setup.ts";
import { openCompany } from "../../support/company.ts";
import { startPlatform } from "../../support/platform.ts";
import { runCli } from "./run-cli.ts";

const Nights = z.object({
  nights: z.array(
    z.object({
      company_id: z.int(),
      company: z.string(),
      business_date: z.string(),
      dry_run: z.boolean(),
      status: z.enum(["completed", "held", "previewed"]),
      reason: z.string().nullable(),
      report: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
});

async function start() {
  const base = await setup();
  const platform = await startPlatform(base);
  const company = await openCompany(platform, { testClock: "2026-03-01T01:00:00Z" });
  const client = await company.post("/clients", { name: "Fernbank", email: "a@fernbank.test" });
  for (const [title, price] of [
    ["Care plan", "24900"],
    ["Hosting", "7950"],
  ]) {
    await company.post("/recurring-invoices", {
      client_id: client.id,
      title,
      frequency: "monthly",
      start_date: "2026-03-05",
      auto_send: true,
      line_items: [{ description: title, quantity: 1, unit_price: price }],
    });
  }
  return { ...base, platform, company, env: { DATABASE_URL: base.databaseUrl } };
}

async function night(env: Record<string, string>, ...flags: string[]) {
  const result = await runCli(["night", "--json", ...flags], { env });
  return { ...result, nights: Nights.parse(JSON.parse(result.stdout)).nights };
}

test("a dry run tells exactly what the night then does, and writes nothing", async () => {
  const { env, company } = await start();
  await company.advance("2026-03-05T01:00:00Z");
  const before = (await company.list("/invoices")).data;
  const flags = ["--date", "2026-03-05", "--company", String(company.id)];
  const preview = await night(env, ...flags, "--dry-run");
  expect(preview.code).toBe(0);
  expect(preview.nights).toMatchObject([{ dry_run: true, status: "previewed" }]);
  expect(preview.nights[0]?.report).toMatchObject({
    generated: { count: 2, amounts: { USD: 32_850 } },
  });
  expect((await company.list("/invoices")).data).toEqual(before);

  const real = await night(env, ...flags);
  expect(real.nights).toMatchObject([{ dry_run: false, status: "completed" }]);
  expect(real.nights[0]?.report).toEqual(preview.nights[0]?.report);
  const again = await night(env, ...flags);
  expect(again.nights[0]?.report).toEqual(preview.nights[0]?.report);
  expect((await company.list("/invoices")).data).toHaveLength(2);
}, 120_000);

test("every company has its nights in order when none is named", async () => {
  const { env, company, platform } = await start();
  const other = await openCompany(platform, { name: "Other", testClock: "2026-03-09T12:00:00Z" });
  await company.advance("2026-03-07T12:00:00Z");
  const { nights } = await night(env, "--date", "2026-03-05", "--to", "2026-03-06");
  expect(nights.map((line) => [line.business_date, line.company_id])).toEqual([
    ["2026-03-05", company.id],
    ["2026-03-05", other.id],
    ["2026-03-06", company.id],
    ["2026-03-06", other.id],
  ]);
}, 120_000);

test("a night in the company's future is refused before any night has run", async () => {
  const { env, company } = await start();
  const result = await runCli(["night", "--date", "2026-03-01", "--to", "2026-03-02"], { env });
  expect(result.code).toBe(2);
  expect(result.stderr).toMatch(
    /2026-03-02 lies in the future of company \d+ \(.*\), where today is 2026-03-01/,
  );
  expect((await company.list("/nights")).data).toEqual([]);
  const unknown = await runCli(["night", "--date", "2026-03-01", "--company", "999"], { env });
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toBe("Company not found.\n");
}, 120_000);

test("a held night says why, and has an exit code of its own", async () => {
  const { env, company, sql } = await start();
  await company.advance("2026-03-05T01:00:00Z");
  await sql`update companies set night_max_invoices = 1 where id = ${company.id}`;
  const held = await night(env, "--date", "2026-03-05");
  expect(held.code).toBe(3);
  expect(held.nights).toMatchObject([{ status: "held", report: { generated: { count: 2 } } }]);
  expect(held.nights[0]?.reason).not.toBe("");
  expect((await company.list("/invoices")).data).toEqual([]);
}, 120_000);
