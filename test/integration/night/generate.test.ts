import { expect, test } from "vitest";
import { previewNight, runNight, type NightDeps } from "../../../src/jobs/billing/night.ts";
import type { Sql } from "../../../src/db/client.ts";
import { insertClient, insertCompany, insertSeries } from "../../support/records.ts";
import { setup, type TestSetup } from "../../support/setup.ts";

function deps({ sql, clock }: TestSetup): NightDeps {
  return { sql, clock, signal: new AbortController().signal };
}

async function listInvoices(sql: Sql, companyId: number) {
  return await sql`
    select invoice_number as number, status, issue_date, due_date, period_start, period_end,
      total::int as total
    from invoices where company_id = ${companyId} order by id
  `;
}

async function getSeries(sql: Sql, id: number) {
  const [row] = await sql`
    select status, next_generate_date, occurrences_generated, parked_code, parked_reason
    from recurring_invoices where id = ${id}
  `;
  return row;
}

test("a due series becomes a numbered draft and moves on; running the night again adds nothing", async () => {
  const base = await setup({ now: "2026-01-01T02:00:00Z" });
  const companyId = await insertCompany(base.sql);
  const clientId = await insertClient(base.sql, companyId);
  const seriesId = await insertSeries(base.sql, { companyId, clientId }, {}, [
    { quantity: "2.25", unitPrice: "6422" },
    { unitPrice: "10000", taxName_1: "VAT", taxRate_1: "1900" },
  ]);
  const night = { companyId, businessDate: "2026-01-01" };

  const first = await runNight(deps(base), night);
  expect(await listInvoices(base.sql, companyId)).toEqual([
    {
      number: "INV-00001",
      status: "draft",
      issueDate: "2026-01-01",
      dueDate: "2026-01-31",
      periodStart: "2026-01-01",
      periodEnd: "2026-01-31",
      total: 14_450 + 10_000 + 1_900,
    },
  ]);
  expect(await getSeries(base.sql, seriesId)).toMatchObject({
    nextGenerateDate: "2026-02-01",
    occurrencesGenerated: 1,
  });
  const second = await runNight(deps(base), night);
  expect(await listInvoices(base.sql, companyId)).toHaveLength(1);
  expect(second).toEqual(first);
  expect(first).toMatchObject({
    status: "completed",
    report: { generated: { count: 1, amounts: { USD: 26_350 }, made_up: 0 } },
  });
  const events = await base.sql`
    select type, count(*)::int from events where company_id = ${companyId} group by 1 order by 1
  `;
  expect(events).toEqual([
    { type: "invoice.created", count: 1 },
    { type: "night.completed", count: 1 },
  ]);
});

test("C1 missed months are made up with their own periods and today's issue date", async () => {
  const base = await setup({ now: "2026-04-15T02:00:00Z" });
  const companyId = await insertCompany(base.sql, { catchUpLimit: 12 });
  const clientId = await insertClient(base.sql, companyId);
  const seriesId = await insertSeries(base.sql, { companyId, clientId }, {}, [
    { description: "Hosting {{period.month}} {{period.year}} ({{invoice.number}})" },
  ]);
  await runNight(deps(base), { companyId, businessDate: "2026-04-15" });

  const invoices = await listInvoices(base.sql, companyId);
  expect(invoices.map((invoice) => invoice["periodStart"])).toEqual([
    "2026-01-01",
    "2026-02-01",
    "2026-03-01",
    "2026-04-01",
  ]);
  expect(new Set(invoices.map((invoice) => invoice["issueDate"]))).toEqual(new Set(["2026-04-15"]));
  const lines = await base.sql`
    select description from invoice_lines where company_id = ${companyId} order by invoice_id, id
  `;
  expect(lines.map((line) => line["description"])).toEqual([
    "Hosting January 2026 (INV-00001)",
    "Hosting February 2026 (INV-00002)",
    "Hosting March 2026 (INV-00003)",
    "Hosting April 2026 (INV-00004)",
  ]);
  expect(await getSeries(base.sql, seriesId)).toMatchObject({ nextGenerateDate: "2026-05-01" });
});

test("C3 with catch_up none the missed dates are rows with a reason", async () => {
  const base = await setup({ now: "2026-04-15T02:00:00Z" });
  const companyId = await insertCompany(base.sql, { catchUpLimit: 12 });
  const clientId = await insertClient(base.sql, companyId);
  const seriesId = await insertSeries(base.sql, { companyId, clientId }, { catchUp: "none" });
  await runNight(deps(base), { companyId, businessDate: "2026-04-15" });

  expect(await listInvoices(base.sql, companyId)).toEqual([]);
  const skipped = await base.sql`
    select period_start, outcome, reason from recurring_occurrences
    where recurring_invoice_id = ${seriesId} order by 1
  `;
  expect(skipped).toEqual(
    ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"].map((periodStart) => ({
      periodStart,
      outcome: "skipped",
      reason: "missed",
    })),
  );
  expect(await getSeries(base.sql, seriesId)).toMatchObject({ nextGenerateDate: "2026-05-01" });
});

test("a series that cannot be billed is parked with its reason, and the night goes on", async () => {
  const base = await setup({ now: "2026-01-01T02:00:00Z" });
  const companyId = await insertCompany(base.sql);
  const clientId = await insertClient(base.sql, companyId);
  const archived = await insertClient(base.sql, companyId, { isArchived: true });
  const owner = { companyId, clientId };
  const unknown = await insertSeries(base.sql, owner, {}, [{ description: "{{period.week}}" }]);
  const gone = await insertSeries(base.sql, { companyId, clientId: archived });
  const empty = await insertSeries(base.sql, owner, {}, []);
  const flood = await insertSeries(base.sql, owner, {
    frequency: "weekly",
    startDate: "2025-10-02",
  });
  await insertSeries(base.sql, owner);

  const outcome = await runNight(deps(base), { companyId, businessDate: "2026-01-01" });
  expect(await listInvoices(base.sql, companyId)).toHaveLength(1);
  expect(await getSeries(base.sql, unknown)).toMatchObject({
    parkedCode: "unknown_placeholder",
    parkedReason: "unknown placeholder {{period.week}}",
  });
  expect(await getSeries(base.sql, gone)).toMatchObject({ parkedCode: "client_archived" });
  expect(await getSeries(base.sql, empty)).toMatchObject({ parkedCode: "no_lines" });
  expect(await getSeries(base.sql, flood)).toMatchObject({ parkedCode: "catch_up_limit" });
  expect(outcome.report?.parked).toEqual({
    count: 4,
    reasons: { catch_up_limit: 1, client_archived: 1, no_lines: 1, unknown_placeholder: 1 },
  });
  const attention = await base.sql`
    select kind, count(*)::int from attention_items where company_id = ${companyId} group by 1
  `;
  expect(attention).toEqual([{ kind: "series.parked", count: 4 }]);
});

test("D15 one series the database refuses is parked alone; the others of its chunk are billed", async () => {
  const base = await setup({ now: "2026-01-01T02:00:00Z" });
  const companyId = await insertCompany(base.sql);
  const clientId = await insertClient(base.sql, companyId);
  for (let index = 0; index < 7; index += 1) await insertSeries(base.sql, { companyId, clientId });
  const broken = await insertSeries(base.sql, { companyId, clientId }, {}, [
    { quantity: "9999999999", unitPrice: "999999999999999999" },
  ]);
  for (let index = 0; index < 7; index += 1) await insertSeries(base.sql, { companyId, clientId });

  await runNight(deps(base), { companyId, businessDate: "2026-01-01" });
  const invoices = await listInvoices(base.sql, companyId);
  expect(invoices.map((invoice) => invoice["number"])).toEqual(
    Array.from({ length: 14 }, (_, index) => `INV-${String(index + 1).padStart(5, "0")}`),
  );
  expect(await getSeries(base.sql, broken)).toMatchObject({ parkedCode: "error" });
});

test("G7 a dry run gives the real night's numbers, writes nothing and uses no number", async () => {
  const base = await setup({ now: "2026-01-31T02:00:00Z" });
  const companyId = await insertCompany(base.sql);
  const clientId = await insertClient(base.sql, companyId);
  for (const startDate of ["2026-01-29", "2026-01-30", "2026-01-31", "2026-02-01"]) {
    await insertSeries(base.sql, { companyId, clientId }, { startDate });
  }
  const night = { companyId, businessDate: "2026-01-31" };
  const preview = await previewNight(deps(base), night);
  expect(preview.generated).toEqual({ count: 3, amounts: { USD: 30_000 }, made_up: 2 });
  expect(await listInvoices(base.sql, companyId)).toEqual([]);
  const leftovers = await base.sql`
    select (select count(*) from events)::int as events, (select count(*) from counters)::int as counters,
      (select count(*) from billing_nights)::int as nights
  `;
  expect(leftovers[0]).toEqual({ events: 0, counters: 0, nights: 0 });

  const real = await runNight(deps(base), night);
  expect(real.report).toEqual(preview);
  const numbers = (await listInvoices(base.sql, companyId)).map((invoice) => invoice["number"]);
  expect(numbers).toEqual(["INV-00001", "INV-00002", "INV-00003"]);
});

test("many workers share one big company: every series once, numbers without a gap", async () => {
  const base = await setup({ now: "2026-01-01T02:00:00Z", connectionsMax: 8 });
  const companyId = await insertCompany(base.sql);
  const clientId = await insertClient(base.sql, companyId);
  const template = await insertSeries(base.sql, { companyId, clientId });
  await base.sql`
    with copies as (
      insert into recurring_invoices (
        company_id, client_id, title, frequency, start_date, anchor_date, next_generate_date,
        currency, payment_terms, created_at, updated_at
      )
      select company_id, client_id, title, frequency, start_date, anchor_date, next_generate_date,
        currency, payment_terms, created_at, updated_at
      from recurring_invoices, generate_series(1, 4999)
      where id = ${template}
      returning company_id, id, created_at
    )
    insert into recurring_invoice_lines (
      company_id, recurring_invoice_id, description, quantity, unit_price, created_at, updated_at
    )
    select company_id, id, 'Seat', 1, 500, created_at, created_at from copies
  `;
  const night = { companyId, businessDate: "2026-01-01" };
  const outcomes = await Promise.all(
    [1, 2, 3, 4].map(async () => await runNight(deps(base), night)),
  );

  expect(outcomes.map((outcome) => outcome.report?.generated.count)).toEqual([
    5_000, 5_000, 5_000, 5_000,
  ]);
  const [facts] = await base.sql`
    select count(*)::int as count, count(distinct recurring_invoice_id)::int as series,
      min(invoice_number) as first, max(invoice_number) as last
    from invoices where company_id = ${companyId}
  `;
  expect(facts).toEqual({ count: 5_000, series: 5_000, first: "INV-00001", last: "INV-05000" });
  const [events] = await base.sql`
    select count(*)::int as count from events where type = 'night.completed'
  `;
  expect(events).toEqual({ count: 1 });
});
