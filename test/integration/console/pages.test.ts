import { expect, test } from "vitest";
import {
  completeNight,
  holdNight,
  openNight,
  releaseNight,
} from "../../../src/db/billing-nights.ts";
import { raiseAttention } from "../../../src/db/attention.ts";
import type { NightReport } from "../../../src/db/night-report.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import { PASSWORD, startConsole } from "./start-console.ts";

const REPORT: NightReport = {
  overdue: { count: 3, amounts: { USD: 100 } },
  fees: { count: 0, amounts: {} },
  generated: { count: 12, amounts: { USD: 123_450, EUR: 500 }, made_up: 0 },
  skipped: { count: 0 },
  reminders: { queued: 4, superseded: 0, not_applicable: 0, blocked: 2, cancelled: 0 },
  parked: { count: 1, reasons: { client_archived: 1 } },
};

function at(time: string): Date {
  return new Date(`2026-03-02T${time}Z`);
}

const NASTY = `<script>alert("1")</script> & 'Sons'`;

test("the home page tells of nights, held ones, and what waits, and escapes every word", async () => {
  const { addPerson, openBrowser, sql } = await startConsole();
  const { company } = await addPerson({ email: "pat@console.test", company: NASTY });
  const companyId = company.id;
  const now = new Date("2026-03-02T02:00:00Z");
  await inTransaction(sql, async (tx) => {
    const run = { companyId, runId: null, now };
    const first = await openNight(tx, { ...run, businessDate: "2026-03-01" });
    await completeNight(tx, { companyId, nightId: first.id, report: REPORT, now });
    const second = await openNight(tx, { ...run, businessDate: "2026-03-02" });
    const reason = "12 invoices are more than the limit of 10";
    const held = {
      companyId,
      nightId: second.id,
      from: "running",
      reason,
      preview: REPORT,
      now,
    } as const;
    await holdNight(tx, held);
    await raiseAttention(tx, {
      companyId,
      kind: "series.parked",
      key: "1",
      title: `Parked: ${NASTY}`,
      subjectType: "recurring-invoice",
      subjectId: 66,
    });
  });
  const browser = openBrowser();
  await browser.signIn({ email: "pat@console.test", password: PASSWORD });
  const page = await browser.visit("/console");
  expect(page.status).toBe(200);
  expect(page.text).toContain("$1,234.50");
  expect(page.text).toContain("€5.00");
  expect(page.text).toContain("2 blocked");
  expect(page.text).toContain("12 invoices are more than the limit of 10");
  expect(page.text).toContain("Parked: &lt;script&gt;");
  expect(page.text).not.toContain("<script");
  // What the remedies ask for: of a company that need not be the one a token stands for.
  expect(page.text).toContain(`<code>X-Company-Id: ${companyId}</code>`);
  expect(page.text).toMatch(/series\.parked · item \d+ · recurring-invoice 66 · since/);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(page.headers.get("cache-control")).toBe("no-store");
});

test("a night that was held, and one that ran again, tell how long the work took", async () => {
  const { addPerson, openBrowser, sql } = await startConsole();
  const { company } = await addPerson({ email: "pat@console.test", company: "Pat" });
  const companyId = company.id;
  await inTransaction(sql, async (tx) => {
    const open = async (businessDate: string, now: Date) =>
      await openNight(tx, { companyId, businessDate, runId: null, now });
    const complete = async (nightId: number, now: Date) =>
      await completeNight(tx, { companyId, nightId, report: REPORT, now });
    const again = await open("2026-03-01", at("02:00:00"));
    await complete(again.id, at("02:00:01"));
    await open("2026-03-01", at("08:00:00"));
    await complete(again.id, at("08:00:02"));

    const { id: nightId } = await open("2026-03-02", at("02:00:00"));
    const held = { companyId, nightId, from: "running", preview: REPORT } as const;
    await holdNight(tx, { ...held, reason: "it would pass a limit", now: at("02:00:01") });
    await releaseNight(tx, { companyId, nightId, userId: null, now: at("08:30:00") });
    await open("2026-03-02", at("08:30:01"));
    await complete(nightId, at("08:30:04"));
  });
  const browser = openBrowser();
  await browser.signIn({ email: "pat@console.test", password: PASSWORD });
  const { text } = await browser.visit("/console");
  expect(text.match(/[\d.]+ s(?=<)/g)).toEqual(["3.0 s", "2.0 s"]);
  expect(text).toContain(`<span class="detail">was held: it would pass a limit</span>`);
});

test("a visitor sees their own companies only", async () => {
  const { addPerson, openBrowser } = await startConsole();
  await addPerson({ email: "one@console.test", company: "First Company" });
  const other = await addPerson({ email: "two@console.test", company: "Second Company" });
  const browser = openBrowser();
  await browser.signIn({ email: "one@console.test", password: PASSWORD });
  const page = await browser.visit(`/console?company=${other.company.id}`);
  expect(page.text).toContain("First Company");
  expect(page.text).not.toContain("Second Company");
  const strange = await browser.visit("/console?company[x]=1");
  expect(strange.status).toBe(200);
});

test("the style sheet and the icon need no session, an unknown page is a page", async () => {
  const { openBrowser } = await startConsole();
  const browser = openBrowser();
  const style = await browser.visit("/console/style.css");
  expect(style.headers.get("content-type")).toMatch(/^text\/css/);
  expect((await browser.visit("/console/icon.svg")).headers.get("content-type")).toMatch(/svg/);
  const missing = await browser.visit("/console/nothing");
  expect(missing.status).toBe(404);
  expect(missing.text).toContain("There is no such page.");
});

test("queues and what is the platform's own are for operators, where the setting names some", async () => {
  const { addPerson, openBrowser, sql } = await startConsole({
    OPERATORS: "Ops@console.test, other@console.test",
  });
  await addPerson({ email: "ops@console.test", company: "Ops" });
  await addPerson({ email: "pat@console.test", company: "Pat" });
  const stuck = { companyId: null, kind: "outbox.stuck", key: "event_outbox" };
  await raiseAttention(sql, { ...stuck, title: "Events are not being followed" });
  const seen = async (email: string) => {
    const browser = openBrowser();
    await browser.signIn({ email, password: PASSWORD });
    const home = await browser.visit("/console");
    const board = await browser.visit("/console/queues/");
    return [home.status, home.text.includes("Events are not being followed"), board.status];
  };
  expect(await seen("ops@console.test")).toEqual([200, true, 200]);
  expect(await seen("pat@console.test")).toEqual([200, false, 403]);
});
