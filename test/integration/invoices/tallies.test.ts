import { array, constantFrom, nat, sample, tuple } from "fast-check";
import { expect, test } from "vitest";
import type { Sql } from "../../../src/db/client.ts";
import { inParallel } from "../../support/in-parallel.ts";
import { startMoving, type Side } from "../moves/start-moving.ts";
import { line, startInvoicing } from "./start-invoicing.ts";

/** What may happen to an invoice; some of it is refused, depending on what happened before. */
const changes: Readonly<Record<string, (invoice: Known) => Promise<number>>> = {
  send: async ({ side, id }) => await post(side, `/invoices/${id}/mark-sent`),
  pay: async ({ side, id }) => await post(side, `/invoices/${id}/mark-paid`),
  payPart: async ({ side, id }) =>
    await post(side, `/invoices/${id}/record-payment`, { amount: 10, payment_date: "2026-03-02" }),
  void: async ({ side, id }) => await post(side, `/invoices/${id}/void`),
  archive: async ({ side, id }) => await post(side, `/invoices/${id}/archive`),
  unarchive: async ({ side, id }) =>
    await post(side, "/invoices/bulk-action", { ids: [id], action: "unarchive" }),
  delete: async ({ side, id }) => (await side.call("DELETE", `/invoices/${id}`)).status,
  addLine: async ({ side, id }) =>
    await post(side, `/invoices/${id}/line-items`, line("More", 1, 700)),
  move: async (invoice) => {
    const { side, other, id } = invoice;
    const target = { target_company_id: other.companyId };
    const status = await post(side, `/invoices/${id}/move`, target);
    if (status === 200) Object.assign(invoice, { side: other, other: side });
    return status;
  },
};

interface Known {
  id: number;
  side: Side;
  other: Side;
}

test("tallies are what a count gives, after whatever happened in whatever order, several things at once", async () => {
  const { here, there, sql } = await startMoving();
  const known: Known[] = [];
  for (const [side, other] of [
    [here, there],
    [there, here],
  ] as const) {
    const { id: clientId } = await side.client();
    for (const currency of ["USD", "EUR", "USD", "EUR", "USD", "EUR"]) {
      const body = { client_id: clientId, currency, line_items: [line("Work", 1, 5_000)] };
      const { id } = await side.expectCall(201, "POST", "/invoices", body);
      known.push({ id, side, other });
    }
  }
  const steps = tuple(constantFrom(...Object.keys(changes)), nat(known.length - 1));
  const [sequence] = sample(array(steps, { minLength: 150, maxLength: 150 }), {
    seed: 20_261_125,
    numRuns: 1,
  });
  const answered = new Set<number>();
  await inParallel(sequence!, 4, async ([name, index]) => {
    answered.add(await changes[name]!(known[index]!));
  });
  expect([...answered].filter((status) => status >= 500)).toEqual([]);
  const counted = await countInvoices(sql);
  expect(await sumTallies(sql)).toEqual(counted);
  // It was worth comparing.
  expect(new Set(counted.map(({ status }) => status)).size).toBeGreaterThan(3);
});

test("numbers that all begin in their own way are tallied together, and found one by one", async () => {
  const { call, sql, companyId, clientId } = await startInvoicing();
  await sql`
    insert into invoices (
      company_id, client_id, invoice_number, issue_date, due_date, currency, created_at, updated_at
    )
    select
      ${companyId}, ${clientId}, n || '/ACME_A', date '2026-01-01', date '2026-02-01', 'USD', now(),
      now()
    from generate_series(1, 600) as n
  `;
  const find = async (part: string) =>
    (await call("GET", `/invoices?search=${encodeURIComponent(part)}`)).body.meta.total;
  expect(await find("cme_a")).toBe(600);
  expect(await find("17/a")).toBe(6);
  expect(await find("e%a")).toBe(0);
  expect(await find("171")).toBe(1);
  const countRows = async () => {
    const [row] = await sql<{ rows: number; invoices: number }[]>`
      select count(*)::int as rows, sum(invoice_count)::int as invoices
      from invoice_tallies where company_id = ${companyId}
    `;
    return row;
  };
  expect(await countRows()).toEqual({ rows: 1, invoices: 600 });
  await sql`delete from invoices where company_id = ${companyId} and invoice_number like '1%'`;
  expect(await find("acme")).toBe(489);
});

async function post(side: Side, path: string, body?: unknown): Promise<number> {
  return (await side.call("POST", path, body)).status;
}

interface StateRow {
  companyId: number;
  stem: string;
  status: string;
}

async function countInvoices(sql: Sql): Promise<StateRow[]> {
  return await sql<StateRow[]>`
    select
      company_id, rtrim(invoice_number, '0123456789') as stem, status, currency, is_archived,
      count(*)::int as count, sum(total)::int8 as total, sum(amount_paid)::int8 as amount_paid
    from invoices
    where deleted_at is null
    group by 1, 2, 3, 4, 5
    order by 1, 2, 3, 4, 5
  `;
}

async function sumTallies(sql: Sql): Promise<StateRow[]> {
  return await sql<StateRow[]>`
    select
      company_id, number_stem as stem, status, currency, is_archived,
      sum(invoice_count)::int as count, sum(total)::int8 as total, sum(amount_paid)::int8 as amount_paid
    from invoice_tallies
    group by 1, 2, 3, 4, 5
    having sum(invoice_count) <> 0 or sum(total) <> 0 or sum(amount_paid) <> 0
    order by 1, 2, 3, 4, 5
  `;
}
