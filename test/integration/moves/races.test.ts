import { expect, test } from "vitest";
import { openDatabase, type Sql } from "../../../src/db/client.ts";
import { holdNightCompany } from "../../../src/db/night-companies.ts";
import { closeRecords } from "../../../src/db/record-gates.ts";
import { runNight } from "../../../src/jobs/billing/night.ts";
import { untilBlocked } from "../../support/blocked.ts";
import {
  insertClient,
  insertInvoice,
  insertReminder,
  insertSeries,
} from "../../support/records.ts";
import type { Reply } from "../api/start-api.ts";
import { countMovable, findDangling, startMoving, type Side } from "./start-moving.ts";

const DATE = "2026-03-02";

/** How often PostgreSQL ended a transaction of this database because some waited in a circle. */
async function countDeadlocks(sql: Sql): Promise<number> {
  // Every connection of the pool has its own count, and tells it when asked to.
  const held = await Promise.all(Array.from({ length: 10 }, () => sql.reserve()));
  for (const connection of held) await connection`select pg_stat_force_next_flush()`;
  for (const connection of held) connection.release();
  const [row] = await sql<{ deadlocks: number }[]>`
    select deadlocks::int as deadlocks from pg_stat_database where datname = current_database()
  `;
  return row!.deadlocks;
}

/** 100 sent invoices, of which the later ones are due first: nights lock them by that, not by id. */
async function insertInvoices(sql: Sql, owner: { companyId: number; clientId: number }) {
  await sql`
    insert into invoices (
      company_id, client_id, invoice_number, status, issue_date, due_date, currency, subtotal, total,
      sent_at, created_at, updated_at
    )
    select
      ${owner.companyId}, ${owner.clientId}, 'C' || ${owner.clientId}::text || '-' || n, 'sent',
      '2025-10-01', '2026-02-01'::date - n, 'USD', 10000, 10000, '2025-10-01', '2025-10-01',
      '2025-10-01'
    from generate_series(1, 100) n
  `;
}

const sum = (counts: readonly Record<string, number>[], table: string): number =>
  counts.reduce((total, count) => total + (count[table] ?? 0), 0);

test("moves in both directions while both companies' nights run: nothing is lost, doubled or stuck", async () => {
  const { here, there, sql, clock, databaseUrl } = await startMoving();
  const clients: { side: Side; other: Side; id: number }[] = [];
  for (const [side, other] of [
    [here, there],
    [there, here],
  ] as const) {
    const { companyId } = side;
    await sql`
      update companies
      set late_fee_type = 'flat', late_fee_value = 500, late_fee_days = 5, late_fee_repeats = true
      where id = ${companyId}
    `;
    await insertReminder(sql, companyId, { reminderNumber: 1, daysOffset: 1 });
    for (let n = 0; n < 2; n += 1) {
      const clientId = await insertClient(sql, companyId, { name: `Client ${companyId}-${n}` });
      const owner = { companyId, clientId };
      for (let k = 0; k < 10; k += 1)
        await insertSeries(sql, owner, { startDate: DATE, autoSend: true });
      await insertInvoices(sql, owner);
      clients.push({ side, other, id: clientId });
    }
  }
  const before = [
    await countMovable(sql, here.companyId),
    await countMovable(sql, there.companyId),
  ];

  // Nights on connections of their own, several at once, until the moves are through.
  const nights = openDatabase({ url: databaseUrl, connectionsMax: 4, applicationName: "nights" });
  const signal = new AbortController().signal;
  const night = async ({ companyId }: Side) =>
    await runNight({ sql: nights, clock, signal }, { companyId, businessDate: DATE });
  const moved = new AbortController();
  const nightsOf = async (side: Side): Promise<void> => {
    do await night(side);
    while (!moved.signal.aborted);
  };
  const running = Promise.all([here, there, here, there].map(nightsOf));
  const replies: Reply[] = [];
  for (let round = 0; round < 3; round += 1) {
    replies.push(
      ...(await Promise.all(
        clients.map(async ({ side, other, id }) => {
          const [from, to] = round % 2 === 0 ? [side, other] : [other, side];
          const target = { target_company_id: to.companyId };
          return await from.call("POST", `/clients/${id}/move`, target);
        }),
      )),
    );
  }
  moved.abort();
  await running;
  expect(replies.map(({ status, text }) => (status === 200 ? "" : text)).join("")).toBe("");
  for (const side of [here, there]) await night(side);
  await nights.end();

  expect(await findDangling(sql)).toEqual([]);
  for (const { other, id } of clients) {
    const [row] = await sql`
      select
        (select company_id from clients where id = ${id}) as company_id,
        (select count(*)::int from invoices where client_id = ${id}) as invoices,
        (select count(distinct (recurring_invoice_id, period_start))::int from invoices
         where client_id = ${id} and recurring_invoice_id is not null) as periods,
        (select count(*)::int from invoice_late_fees f join invoices i on i.id = f.invoice_id
         where i.client_id = ${id}) as fees,
        (select array_agg(distinct company_id) from invoices where client_id = ${id}) as companies
    `;
    expect({ ...row, companies: row!["companies"].map(Number) }).toEqual({
      companyId: other.companyId,
      invoices: 110,
      periods: 10,
      fees: 100,
      companies: [other.companyId],
    });
  }
  // Everything that is anywhere is what was there and what nights make of it: once.
  const after = [await countMovable(sql, here.companyId), await countMovable(sql, there.companyId)];
  for (const table of ["clients", "recurring_invoices", "recurring_invoice_lines"]) {
    expect([table, sum(after, table)]).toEqual([table, sum(before, table)]);
  }
  expect(sum(after, "invoices")).toBe(4 * 110);
  expect(sum(after, "recurring_occurrences")).toBe(4 * 10);
  expect(sum(after, "invoice_late_fees")).toBe(4 * 100);
  // Each generated invoice has its one mail; numbers of both companies have no gap but what left.
  const [mails] = await sql`
    select count(*)::int as mails, count(distinct invoice_id)::int as invoices
    from deliveries where kind = 'invoice'
  `;
  expect(mails).toEqual({ mails: 4 * 10, invoices: 4 * 10 });
  for (const { companyId } of [here, there]) {
    const [row] = await sql<{ missing: number; next: bigint }[]>`
      select c.next_value as next, (
        select count(*)::int from generate_series(1, c.next_value - 1) n
        where not exists (
          select from invoices
          where company_id = ${companyId} and invoice_number = 'INV-' || lpad(n::text, 5, '0')
        ) and not exists (
          select from retired_numbers
          where company_id = ${companyId} and number = 'INV-' || lpad(n::text, 5, '0')
        )
      ) as missing
      from counters c where company_id = ${companyId} and kind = 'invoice'
    `;
    expect(row!.missing).toBe(0);
  }

  expect(await countDeadlocks(sql)).toBe(0);
});

test("a move and the chunks of a night are never at a company's records at once", async () => {
  const { here, there, sql } = await startMoving();
  const { companyId } = here;
  const clientId = await insertClient(sql, companyId);
  await insertSeries(sql, { companyId, clientId }, { startDate: DATE });
  const counted = async () =>
    (await sql`select from invoices where company_id = ${companyId}`).length;

  const night = await sql.begin(async (tx) => {
    await closeRecords(tx, [there.companyId, companyId]);
    const running = here.night(DATE);
    await untilBlocked(sql);
    expect(await counted()).toBe(0);
    return { running };
  });
  expect((await night.running).report).toMatchObject({ generated: { count: 1 } });

  const move = await sql.begin(async (tx) => {
    await holdNightCompany(tx, there.companyId);
    const target = { target_company_id: there.companyId };
    const running = here.call("POST", `/clients/${clientId}/move`, target);
    await untilBlocked(sql);
    expect(await counted()).toBe(1);
    return { running };
  });
  expect((await move.running).status).toBe(200);
  expect(await counted()).toBe(0);
});

test("what somebody does to a record while it moves is done before, or finds it gone", async () => {
  const { here, there, sql } = await startMoving();
  const { companyId } = here;
  const clientId = await insertClient(sql, companyId);
  const invoices: number[] = [];
  for (let n = 0; n < 8; n += 1) {
    invoices.push(await insertInvoice(sql, { companyId, clientId }, { dueDate: "2026-04-01" }));
  }
  const target = { target_company_id: there.companyId };
  const payment = { amount: 4_000, payment_date: DATE };
  const replies = await Promise.all([
    ...invoices.map((id) => here.call("POST", `/invoices/${id}/record-payment`, payment)),
    here.call("POST", `/clients/${clientId}/move`, target),
    ...invoices.map(() => here.call("POST", "/invoices", { client_id: clientId })),
    here.call("POST", `/clients/${clientId}/move`, target),
  ]);
  const moves = [replies[8]!.status, replies.at(-1)!.status];
  expect(new Set(moves)).toEqual(new Set([200, 404]));
  for (const { status, text } of replies)
    expect({ status, text }).toMatchObject({
      status: expect.toSatisfy((code: number) => [200, 201, 404, 409, 422].includes(code)),
    });
  expect(await findDangling(sql)).toEqual([]);
  expect(Object.keys(await countMovable(sql, here.companyId))).toEqual([]);
  const paid = replies.slice(0, 8).filter(({ status }) => status === 200).length;
  const [row] =
    await sql`select count(*)::int as count, sum(amount_paid)::int as paid from invoices`;
  const made = replies.filter(({ status }) => status === 201).length;
  expect({ ...row }).toEqual({ count: 8 + made, paid: paid * 4_000 });
});
