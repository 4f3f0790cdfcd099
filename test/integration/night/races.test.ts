import { EventEmitter, once } from "node:events";
import { expect, test } from "vitest";
import { openNightFor, holdNightOver, releaseHeldNight } from "../../../src/actions/keep-night.ts";
import { takeNumbers } from "../../../src/actions/take-numbers.ts";
import { getNight } from "../../../src/db/billing-nights.ts";
import type { Sql } from "../../../src/db/client.ts";
import { inTransaction } from "../../../src/db/transaction.ts";
import {
  assistGenerating,
  previewNight,
  runNight,
  type NightDeps,
} from "../../../src/jobs/billing/night.ts";
import { untilBlocked } from "../../support/blocked.ts";
import { eventually } from "../../support/eventually.ts";
import {
  insertClient,
  insertCompany,
  insertInvoice,
  insertSeries,
  type CompanyFields,
} from "../../support/records.ts";
import { setup } from "../../support/setup.ts";

const DATE = "2026-01-01";

async function open(fields: CompanyFields = {}) {
  const base = await setup({ now: `${DATE}T02:00:00Z` });
  const { sql, clock } = base;
  const companyId = await insertCompany(sql, fields);
  const clientId = await insertClient(sql, companyId);
  const deps: NightDeps = { sql, clock, signal: new AbortController().signal };
  return { ...base, companyId, owner: { companyId, clientId }, deps };
}

async function countEvents(sql: Sql, type: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from events where type = ${type}
  `;
  return row!.count;
}

/** Waits until some transaction has the counter of invoice numbers. */
async function untilNumbersAreTaken(sql: Sql): Promise<void> {
  await eventually(async () => {
    const [row] = await sql<{ found: boolean }[]>`
      select exists (
        select from pg_locks
        join pg_database on pg_database.oid = pg_locks.database
        -- The tables of all tests have the same numbers.
        where datname = current_database()
          and relation = 'counters'::regclass and mode = 'RowExclusiveLock'
      ) as found
    `;
    return row?.found;
  });
}

test("a preview and whoever holds a series while taking a number do not wait for each other for good", async () => {
  const { sql, companyId, owner, deps } = await open();
  const first = await insertSeries(sql, owner);
  // One chunk is 1,000 series: the preview has taken numbers when it comes to the last one.
  await sql`
    insert into recurring_invoices (
      company_id, client_id, title, frequency, start_date, anchor_date, next_generate_date,
      currency, payment_terms, created_at, updated_at
    )
    select company_id, client_id, title, frequency, start_date, anchor_date, next_generate_date,
      currency, payment_terms, created_at, updated_at
    from recurring_invoices, generate_series(1, 1000) where id = ${first}
  `;
  await sql`
    insert into recurring_invoice_lines (
      company_id, recurring_invoice_id, description, quantity, unit_price, created_at, updated_at
    )
    select company_id, id, 'Retainer', 1, 10000, created_at, updated_at
    from recurring_invoices where id <> ${first}
  `;
  const company = { id: companyId, invoicePrefix: "INV-" };
  let tries = 0;
  const other = new EventEmitter();
  const hasLocked = once(other, "locked");
  const generatesOne = inTransaction(sql, async (tx) => {
    tries += 1;
    await tx`
      select from recurring_invoices order by id desc limit 1 for no key update
    `;
    other.emit("locked");
    if (tries === 1) await untilNumbersAreTaken(sql);
    return await takeNumbers(tx, company, 1);
  });
  await hasLocked;
  const preview = await previewNight(deps, { companyId, businessDate: DATE });
  expect(preview.generated.count).toBe(1_001);
  expect(await generatesOne).toEqual(["INV-00001"]);
});

test("of two nights at once that would pass a limit one holds, and says so once", async () => {
  const { sql, companyId, owner, deps } = await open({ nightMaxInvoices: 0 });
  await insertSeries(sql, owner);
  const request = { companyId, businessDate: DATE };
  const outcomes = await Promise.all([runNight(deps, request), runNight(deps, request)]);
  expect(outcomes.map(({ status }) => status)).toEqual(["held", "held"]);
  expect(await countEvents(sql, "night.held")).toBe(1);
});

test("a night that was released is not held again by a run that previewed it before", async () => {
  const { sql, clock, companyId, owner, deps } = await open({ nightMaxInvoices: 0 });
  await insertSeries(sql, owner);
  const request = { companyId, businessDate: DATE };
  const late = await inTransaction(sql, (tx) => openNightFor(tx, { ...request, clock }));
  const outcome = await runNight(deps, request);
  const { id: nightId } = late.night;
  await inTransaction(sql, (tx) =>
    releaseHeldNight(tx, { companyId, nightId, userId: null, now: clock.now() }),
  );
  await inTransaction(sql, (tx) =>
    holdNightOver(tx, { ...late, preview: outcome.report!, reason: "late", clock }),
  );
  expect(await getNight(sql, { companyId, id: nightId })).toMatchObject({ status: "scheduled" });
  await runNight(deps, request);
  await inTransaction(sql, (tx) =>
    holdNightOver(tx, { ...late, preview: outcome.report!, reason: "late", clock }),
  );
  expect(await getNight(sql, { companyId, id: nightId })).toMatchObject({ status: "completed" });
  expect(await countEvents(sql, "night.held")).toBe(1);
});

test("a night that has nothing left to do is not held by a limit that was set since", async () => {
  const { sql, companyId, owner, deps } = await open();
  await insertSeries(sql, owner);
  const request = { companyId, businessDate: DATE };
  await runNight(deps, request);
  await sql`update companies set night_max_invoices = 0`;
  expect(await runNight(deps, request)).toMatchObject({ status: "completed" });
  await insertSeries(sql, owner);
  expect(await runNight(deps, request)).toMatchObject({ status: "held" });
});

test("a number that somebody else takes at the same moment parks no series", async () => {
  const { sql, companyId, owner, deps } = await open();
  await insertSeries(sql, owner);
  const night = await sql.begin(async (tx) => {
    const id = await insertInvoice(tx as unknown as Sql, owner);
    await tx`update invoices set invoice_number = 'INV-00001' where id = ${id}`;
    const running = runNight(deps, { companyId, businessDate: DATE });
    await untilBlocked(sql);
    return { running };
  });
  expect((await night.running).report).toMatchObject({
    generated: { count: 1 },
    parked: { count: 0 },
  });
  const numbers = await sql`select invoice_number as number from invoices order by id`;
  expect(numbers.map(({ number }) => number)).toEqual(["INV-00001", "INV-00002"]);
});

test("a night run again after a payment says nothing more, and its report stays", async () => {
  const { sql, companyId, owner, deps } = await open();
  const invoiceId = await insertInvoice(sql, owner, {
    issueDate: "2025-12-01",
    dueDate: "2025-12-31",
  });
  const request = { companyId, businessDate: DATE };
  const { report } = await runNight(deps, request);
  expect(report?.overdue).toEqual({ count: 1, amounts: { USD: 10_000 } });
  await sql`update invoices set status = 'paid', amount_paid = total where id = ${invoiceId}`;
  expect(await runNight(deps, request)).toEqual({ status: "completed", report });
  expect(await countEvents(sql, "night.completed")).toBe(1);
  const [night] = await sql`select report from billing_nights`;
  expect(night?.["report"]).toEqual(report);
});

test("a helper that comes when the night is over does nothing", async () => {
  const { sql, companyId, owner, deps } = await open();
  const request = { companyId, businessDate: DATE };
  await runNight(deps, request);
  await insertSeries(sql, owner);
  await assistGenerating(deps, request);
  expect(await sql`select id from invoices`).toEqual([]);
});

test("a chunk of series with many missed dates is no larger than others", async () => {
  const { sql, companyId, owner, deps } = await open({ catchUpLimit: 366 });
  for (let count = 0; count < 12; count += 1) {
    await insertSeries(sql, owner, { frequency: "custom", startDate: "2025-01-02" });
  }
  const { report } = await runNight(deps, { companyId, businessDate: DATE });
  expect(report?.generated).toMatchObject({ count: 12 * 365, made_up: 12 * 364 });
  const chunks = await sql<{ count: number }[]>`
    select count(*)::int as count from invoices group by xmin::text
  `;
  expect(chunks.length).toBeGreaterThan(1);
  expect(Math.max(...chunks.map(({ count }) => count))).toBeLessThanOrEqual(2_000 + 365);
  const [last] = await sql`select max(invoice_number) as number from invoices`;
  expect(last?.["number"]).toBe("INV-04380");
});

test("a night whose run died, or was killed while another night finished it, is closed by the next", async () => {
  const { sql, clock, companyId, owner, deps } = await open();
  await insertSeries(sql, owner);
  await inTransaction(sql, (tx) => openNightFor(tx, { companyId, businessDate: DATE, clock }));
  await runNight(deps, { companyId, businessDate: "2026-01-02" });
  const nights = await sql`select business_date as date, status from billing_nights order by 1`;
  expect(nights).toEqual([
    { date: DATE, status: "completed" },
    { date: "2026-01-02", status: "completed" },
  ]);
  // Nothing is done twice by it, and the later one's work stays its own.
  expect(await sql`select issue_date from invoices`).toEqual([{ issueDate: "2026-01-02" }]);
});
