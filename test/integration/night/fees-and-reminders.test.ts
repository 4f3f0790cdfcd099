import { expect, test } from "vitest";
import { runNight } from "../../../src/jobs/billing/night.ts";
import type { Sql } from "../../../src/db/client.ts";
import {
  insertClient,
  insertCompany,
  insertInvoice,
  insertReminder,
  insertSeries,
  type CompanyFields,
} from "../../support/records.ts";
import { setup, type TestSetup } from "../../support/setup.ts";

async function night(base: TestSetup, companyId: number, businessDate: string) {
  base.clock.set(`${businessDate}T02:00:00Z`);
  const deps = { sql: base.sql, clock: base.clock, signal: new AbortController().signal };
  return await runNight(deps, { companyId, businessDate });
}

async function open(fields: CompanyFields = {}) {
  const base = await setup();
  const companyId = await insertCompany(base.sql, fields);
  const clientId = await insertClient(base.sql, companyId);
  return { base, sql: base.sql, companyId, clientId, owner: { companyId, clientId } };
}

const FLAT_25: CompanyFields = { lateFeeType: "flat", lateFeeValue: 2500, lateFeeDays: 5 };

async function getAmounts(sql: Sql, id: number) {
  const [row] = await sql`
    select status, total::int as total, late_fee_amount::int as fee, amount_due::int as due
    from invoices where id = ${id}
  `;
  return row;
}

async function listLedger(sql: Sql, invoiceId: number) {
  return await sql`
    select r.days_offset as day, x.status
    from invoice_reminders x join payment_reminders r on r.id = x.reminder_id
    where x.invoice_id = ${invoiceId} order by 1
  `;
}

test("B11 an invoice is overdue from the day after its due date", async () => {
  const { base, sql, companyId, owner } = await open();
  const id = await insertInvoice(sql, owner, { dueDate: "2026-03-10" });
  await night(base, companyId, "2026-03-10");
  expect(await getAmounts(sql, id)).toMatchObject({ status: "sent" });
  const outcome = await night(base, companyId, "2026-03-11");
  expect(await getAmounts(sql, id)).toMatchObject({ status: "overdue" });
  expect(outcome.report?.overdue).toEqual({ count: 1, amounts: { USD: 10_000 } });
});

test("G1 a flat fee is charged on the day after the days of grace, and once", async () => {
  const { base, sql, companyId, owner } = await open(FLAT_25);
  const id = await insertInvoice(sql, owner, { dueDate: "2026-03-01" });
  await night(base, companyId, "2026-03-06");
  expect(await getAmounts(sql, id)).toMatchObject({ fee: 0, total: 10_000 });
  const outcome = await night(base, companyId, "2026-03-07");
  expect(await getAmounts(sql, id)).toEqual({
    status: "overdue",
    fee: 2_500,
    total: 12_500,
    due: 12_500,
  });
  expect(outcome.report?.fees).toEqual({ count: 1, amounts: { USD: 2_500 } });
  await night(base, companyId, "2026-03-07");
  await night(base, companyId, "2026-03-08");
  expect(await getAmounts(sql, id)).toMatchObject({ fee: 2_500 });
  const lines = await sql`
    select description, amount::int as amount, is_late_fee from invoice_lines
    where invoice_id = ${id} and is_late_fee
  `;
  expect(lines).toEqual([{ description: "Late fee", amount: 2_500, isLateFee: true }]);
});

test("G11 no fee on drafts, voided, paid, disputed or zero invoices, nor where the client is spared", async () => {
  const { base, sql, companyId, owner } = await open(FLAT_25);
  const spared = await insertClient(sql, companyId, { allowLateFees: false });
  const late = { dueDate: "2026-03-01" };
  const ids = [
    await insertInvoice(sql, owner, { ...late, status: "draft" }),
    await insertInvoice(sql, owner, { ...late, status: "cancelled" }),
    await insertInvoice(sql, owner, { ...late, status: "paid", amountPaid: 10_000n }),
    await insertInvoice(sql, owner, { ...late, isDisputed: true }),
    await insertInvoice(sql, owner, { ...late, total: 0n }),
    await insertInvoice(sql, { companyId, clientId: spared }, late),
  ];
  const outcome = await night(base, companyId, "2026-04-01");
  expect(outcome.report?.fees.count).toBe(0);
  for (const id of ids) expect(await getAmounts(sql, id)).toMatchObject({ fee: 0 });
});

test("G3 a percentage fee is of the outstanding principal; G23 a changed setting leaves it alone", async () => {
  const { base, sql, companyId, owner } = await open({
    lateFeeType: "percentage",
    lateFeeValue: 150,
    lateFeeDays: 0,
  });
  const id = await insertInvoice(sql, owner, {
    status: "partial",
    total: 100_000n,
    amountPaid: 40_000n,
  });
  await night(base, companyId, "2026-03-02");
  expect(await getAmounts(sql, id)).toMatchObject({ fee: 900 });
  await sql`update companies set late_fee_type = 'flat', late_fee_value = 4000`;
  await night(base, companyId, "2026-03-03");
  expect(await getAmounts(sql, id)).toMatchObject({ fee: 900 });
});

test("G7 repeating fees stop at the cap", async () => {
  const { base, sql, companyId, owner } = await open({
    lateFeeType: "flat",
    lateFeeValue: 2_000,
    lateFeeDays: 0,
  });
  await sql`update companies set late_fee_repeats = true, late_fee_max_count = 10, late_fee_cap_rate = 500`;
  const id = await insertInvoice(sql, owner, {
    total: 100_000n,
    issueDate: "2025-12-01",
    dueDate: "2026-01-01",
  });
  const fees: unknown[] = [];
  for (const date of ["2026-01-02", "2026-02-02", "2026-03-02", "2026-04-02"]) {
    await night(base, companyId, date);
    fees.push((await getAmounts(sql, id))?.["fee"]);
  }
  expect(fees).toEqual([2_000, 4_000, 5_000, 5_000]);
});

test("H1 each reminder is asked for on its day, once", async () => {
  const { base, sql, companyId, owner } = await open();
  for (const [index, daysOffset] of [-3, 1, 7].entries()) {
    await insertReminder(sql, companyId, { reminderNumber: index + 1, daysOffset });
  }
  const id = await insertInvoice(sql, owner, { dueDate: "2026-03-10" });
  const asked: string[] = [];
  for (let day = 5; day <= 20; day += 1) {
    const date = `2026-03-${String(day).padStart(2, "0")}`;
    const outcome = await night(base, companyId, date);
    if (outcome.report?.reminders.queued === 1) asked.push(date);
    // As the mailer does when the server has taken it.
    await sql`update invoice_reminders set status = 'sent' where status = 'queued'`;
  }
  expect(asked).toEqual(["2026-03-07", "2026-03-11", "2026-03-17"]);
  expect(await listLedger(sql, id)).toEqual([
    { day: -3, status: "sent" },
    { day: 1, status: "sent" },
    { day: 7, status: "sent" },
  ]);
});

test("H3 after days of silence only the latest reminder is sent", async () => {
  const { base, sql, companyId, owner } = await open();
  for (const [index, daysOffset] of [-3, 1, 7].entries()) {
    await insertReminder(sql, companyId, { reminderNumber: index + 1, daysOffset });
  }
  const id = await insertInvoice(sql, owner, { dueDate: "2026-03-10" });
  await night(base, companyId, "2026-03-18");
  expect(await listLedger(sql, id)).toEqual([
    { day: -3, status: "superseded" },
    { day: 1, status: "superseded" },
    { day: 7, status: "queued" },
  ]);
});

test("H11 a client without an address: the stage is blocked and a person is told once", async () => {
  const { base, sql, companyId } = await open();
  const clientId = await insertClient(sql, companyId, { email: null });
  await insertReminder(sql, companyId, { reminderNumber: 1, daysOffset: 1 });
  const id = await insertInvoice(sql, { companyId, clientId }, { dueDate: "2026-03-10" });
  await night(base, companyId, "2026-03-11");
  await night(base, companyId, "2026-03-12");
  expect(await listLedger(sql, id)).toEqual([{ day: 1, status: "blocked" }]);
  const items = await sql`select kind, resolved_at from attention_items`;
  expect(items).toEqual([{ kind: "reminder.no-recipient", resolvedAt: null }]);
  expect(await sql`select type from event_outbox where type = 'invoice.reminder-due'`).toEqual([]);
});

test("a night that would pass a limit is held with its preview, and nothing of it is written", async () => {
  const { base, sql, companyId, owner } = await open({ nightMaxInvoices: 2, ...FLAT_25 });
  for (let index = 0; index < 3; index += 1) await insertSeries(sql, owner);
  await insertInvoice(sql, owner, { dueDate: "2025-12-01", issueDate: "2025-11-01" });
  const outcome = await night(base, companyId, "2026-01-01");
  expect(outcome).toMatchObject({
    status: "held",
    reason: "it would make 3 invoices, more than the limit of 2",
    report: { generated: { count: 3 }, fees: { count: 1 } },
  });
  const [written] = await sql`
    select count(*)::int as invoices, sum(late_fee_amount)::int as fees from invoices
  `;
  expect(written).toEqual({ invoices: 1, fees: 0 });
  const [row] =
    await sql`select status, preview -> 'generated' ->> 'count' as count from billing_nights`;
  expect(row).toEqual({ status: "held", count: "3" });
  expect(await sql`select kind from attention_items`).toEqual([{ kind: "night.held" }]);

  // It stays held, however often it is run, until somebody releases it.
  expect(await night(base, companyId, "2026-01-01")).toMatchObject({ status: "held" });
  await sql`update billing_nights set status = 'scheduled', released_at = now()`;
  expect(await night(base, companyId, "2026-01-01")).toMatchObject({
    status: "completed",
    report: { generated: { count: 3 } },
  });
});

test("J3 what is parked or held is told of every day until somebody acts", async () => {
  const { base, sql, companyId, owner } = await open();
  await insertSeries(sql, owner, {}, []);
  const alerts = async () =>
    (await sql`select id from events where type = 'attention.raised'`).length;
  await night(base, companyId, "2026-01-01");
  expect(await alerts()).toBe(1);
  await night(base, companyId, "2026-01-01");
  expect(await alerts()).toBe(1);
  await night(base, companyId, "2026-01-02");
  await night(base, companyId, "2026-01-03");
  expect(await alerts()).toBe(3);
  await sql`update attention_items set resolved_at = now()`;
  await night(base, companyId, "2026-01-04");
  expect(await alerts()).toBe(3);
});

test("after months of silence a repeating fee is charged once, not once for each month at once", async () => {
  const { base, sql, companyId, owner } = await open({
    lateFeeType: "flat",
    lateFeeValue: 2_000,
    lateFeeDays: 0,
  });
  await sql`update companies set late_fee_repeats = true, late_fee_max_count = 10`;
  const id = await insertInvoice(sql, owner, { issueDate: "2025-12-01", dueDate: "2026-01-01" });
  const fees: unknown[] = [];
  for (const date of ["2026-01-02", "2026-04-10", "2026-04-11", "2026-05-01", "2026-05-02"]) {
    await night(base, companyId, date);
    fees.push((await getAmounts(sql, id))?.["fee"]);
  }
  expect(fees).toEqual([2_000, 4_000, 4_000, 4_000, 6_000]);
});

test("a held night runs when what held it was corrected, and settles what is open of it", async () => {
  const { base, sql, companyId, owner } = await open({ nightMaxInvoices: 1 });
  const first = await insertSeries(sql, owner, { startDate: "2026-01-05" });
  await insertSeries(sql, owner, { startDate: "2026-01-05" });
  for (const date of ["2026-01-05", "2026-01-06", "2026-01-07"]) {
    expect(await night(base, companyId, date)).toMatchObject({ status: "held" });
  }
  await sql`update recurring_invoices set status = 'paused' where id = ${first}`;
  // The night after finds one invoice to make, and with it the held nights have nothing left to do.
  expect(await night(base, companyId, "2026-01-08")).toMatchObject({
    status: "completed",
    report: { generated: { count: 1 } },
  });
  const nights = await sql`select business_date as date, status from billing_nights order by 1`;
  expect(nights.map((row) => row["status"])).toEqual([
    "completed",
    "completed",
    "completed",
    "completed",
  ]);
  expect(await sql`select id from attention_items where resolved_at is null`).toEqual([]);
});

test("an archived late invoice is charged like any other; its reminder is cancelled with the reason", async () => {
  const { base, sql, companyId, owner } = await open(FLAT_25);
  await insertReminder(sql, companyId, { reminderNumber: 1, daysOffset: 1 });
  const id = await insertInvoice(sql, owner, { dueDate: "2026-03-01", isArchived: true });
  const outcome = await night(base, companyId, "2026-03-07");
  expect(await getAmounts(sql, id)).toMatchObject({ fee: 2_500 });
  const entries = await sql`select status, reason from invoice_reminders`;
  expect(entries).toEqual([{ status: "cancelled", reason: "the invoice is archived" }]);
  expect(outcome.report?.reminders).toMatchObject({ queued: 0, cancelled: 1 });
});
