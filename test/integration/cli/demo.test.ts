import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { findPostmaster, makeDataDir, queueSettings, runCli } from "./run-cli.ts";

const Stretch = z.looseObject({
  nights: z.int(),
  held: z.array(z.unknown()),
  generated: z.looseObject({ count: z.int(), amounts: z.record(z.string(), z.int()) }),
  overdue: z.looseObject({ count: z.int() }),
  fees: z.looseObject({ count: z.int() }),
  reminders: z.looseObject({ queued: z.int() }),
  payments: z.looseObject({ count: z.int() }),
  mails: z.object({
    accepted: z.record(z.string(), z.int()),
    not_accepted: z.record(z.string(), z.int()),
  }),
});

const Report = z.looseObject({
  company: z.looseObject({ id: z.int(), name: z.string() }),
  tonight: Stretch,
  past: Stretch,
  parked: z.array(z.unknown()),
  disputed: z.array(z.unknown()),
  providers: z.array(z.object({ provider: z.string(), outcome: z.string() })),
});

test("the demo lives through 91 nights, leaves nothing running, and shows the same company again", async () => {
  const dataDir = await makeDataDir();
  const options = { env: queueSettings("demo") };
  const first = await runCli(["demo", "--exit", "--json", "--data-dir", dataDir], options);
  expect(first.stderr).toBe("");
  expect(first.code).toBe(0);
  expect(await findPostmaster(dataDir)).toBeUndefined();
  const report = Report.parse(JSON.parse(first.stdout));

  const { past, tonight } = report;
  expect({ past: past.nights, tonight: tonight.nights }).toEqual({ past: 90, tonight: 1 });
  expect(past.generated.count).toBeGreaterThan(300);
  expect(Object.keys(past.generated.amounts).toSorted()).toEqual(["CAD", "EUR", "USD"]);
  for (const count of [past.overdue.count, past.fees.count, past.payments.count]) {
    expect(count).toBeGreaterThan(10);
  }
  expect(past.mails.accepted["reminder"]).toBe(past.reminders.queued);
  expect(report.parked).toHaveLength(1);
  expect(report.disputed.length).toBeGreaterThan(0);
  const mails = (await readdir(join(dataDir, "mails"))).filter((name) => name.endsWith(".eml"));
  const accepted = [past, tonight].flatMap((stretch) => Object.values(stretch.mails.accepted));
  expect(mails).toHaveLength(accepted.reduce((sum, count) => sum + count, 0));

  const outcomes = new Map(report.providers.map(({ provider, outcome }) => [provider, outcome]));
  expect(outcomes.get("Slack")).toMatch(/told in #billing$/);
  expect(outcomes.get("FreshBooks")).toMatch(/^imported [1-9]\d* clients, [1-9]\d* invoices/);
  expect(outcomes.get("QuickBooks")).toMatch(/^pushed 5 of 5 invoices/);
  expect(outcomes.get("Google Calendar")).toMatch(/^keeps the schedule/);
  expect(outcomes.get("Stripe")).toMatch(/ was paid on a page at Stripe$/);

  const again = await runCli(["demo", "--exit", "--data-dir", dataDir], options);
  expect(again.code).toBe(0);
  expect(again.stdout).toMatch(/^Night report · Harbour & Pine Studio/);
  const nights = /^Nights run +(\d+) +(\d+)$/m.exec(again.stdout);
  // At midnight in between there is one night more.
  expect([90, 91]).toContain(Number(nights?.[2]));
  expect(again.stdout).toContain("Waits for a person");
  // The last line tells how other commands find this company.
  const look = /^Look into it: npx nightledger (runs list --data-dir (.*))$/m.exec(again.stdout);
  const found = await runCli(look?.[1]?.split(" ") ?? [], options);
  expect(found.stdout).toContain("slack.post-alerts");
  expect(again.stdout).toMatch(/Stripe +connected again/);
  expect(await findPostmaster(dataDir)).toBeUndefined();
}, 240_000);
