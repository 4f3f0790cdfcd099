import { expect, test } from "vitest";
import type { Sql } from "../../../src/db/client.ts";
import {
  invoiceSortFields,
  listInvoicesFound,
  listInvoicesOfStates,
  type InvoiceFilter,
} from "../../../src/db/invoice-lists.ts";
import { inParallel } from "../../support/in-parallel.ts";
import { startInvoicing, type Invoicing } from "./start-invoicing.ts";

interface Listed {
  id: number;
  invoice_number: string;
}

test("every order is the same from its first page to its last, whatever it is filtered by", async () => {
  const invoicing = await startInvoicing();
  await insertBook(invoicing, 60);
  const filters = ["", "filter[status]=draft,paid&", "filter[is_archived]=false&"];
  for (const filter of filters) {
    for (const field of invoiceSortFields) {
      const up = await readAll(invoicing, `${filter}sort=${field}`);
      const down = await readAll(invoicing, `${filter}sort=-${field}`);
      expect([filter, field, up]).toEqual([filter, field, down.toReversed()]);
      expect([filter, field, up]).toEqual([filter, field, await sorted(invoicing, filter, field)]);
    }
  }
  const beyond = await invoicing.call("GET", "/invoices?page=9");
  expect(beyond.body).toMatchObject({ data: [], meta: { total: 55, last_page: 3 } });
});

test("a filter finds the same, whether what it matches is collected or met with on the way", async () => {
  const invoicing = await startInvoicing();
  const { sql, companyId, clientId } = invoicing;
  await insertBook(invoicing, 60);
  const archived = [false, true];
  const states = ["paid", "sent", "overdue"] as const;
  const filters: Omit<InvoiceFilter, "companyId">[] = [
    { clientId },
    { clientId, isArchived: true },
    { clientId: clientId + 1 },
    { search: "maple", numberPart: "b-1" },
    { texts: [{ numbers: { kind: "beginnings", beginnings: ["B-1", "B-37"] }, clientIds: [] }] },
    { texts: [{ numbers: { kind: "digits", digits: "407" }, clientIds: [] }] },
    { texts: [{ numbers: { kind: "none" }, clientIds: [clientId] }] },
    { texts: [{ numbers: { kind: "few-digits", digits: "1" }, clientIds: [clientId + 1] }] },
    { texts: [{ numbers: { kind: "part", part: "b-1" }, clientIds: [] }] },
  ];
  for (const filter of filters) {
    for (const [field, isDescending] of [
      ["due_date", true],
      ["invoice_number", false],
    ] as const) {
      for (const offset of [0, 3]) {
        const place = { sort: { field, isDescending }, limit: 4, offset };
        const wanted = { companyId, ...filter };
        const collected = await listInvoicesFound(sql, { ...wanted, statuses: states }, place);
        const met = await listInvoicesOfStates(
          sql,
          {
            ...wanted,
            states: archived.flatMap((isArchived) =>
              states.map((status) => ({ status, isArchived })),
            ),
          },
          place,
        );
        expect([filter, met.map(({ id }) => id)]).toEqual([filter, collected.map(({ id }) => id)]);
        // From the first one on there is something, but where nobody has that client.
        const isEmpty = filter.clientId === clientId + 1;
        expect([filter, offset > 0 || met.length > 0 !== isEmpty]).toEqual([filter, true]);
      }
    }
  }
});

test("a part of a number is found wherever it stands, and counted", async () => {
  const { call, sql, companyId, draft } = await startInvoicing();
  const numbers = ["INV-00101", "INV-00112", "inv/2026-7", "Q%_\\-9", "4711"];
  for (const number of numbers) {
    const { id } = await draft();
    await sql`
      update invoices set invoice_number = ${number} where company_id = ${companyId} and id = ${id}
    `;
  }
  const find = async (query: string) => {
    const { body } = await call("GET", `/invoices?${query}&sort=id`);
    const found = body.data.map((invoice: Listed) => invoice.invoice_number);
    expect([query, body.meta.total, body.meta.totals[0]?.total ?? 0]).toEqual([
      query,
      found.length,
      found.length * 10_000,
    ]);
    return found;
  };
  const all: [string, string[]][] = [
    ["INV", ["INV-00101", "INV-00112", "inv/2026-7"]],
    ["nv-", ["INV-00101", "INV-00112"]],
    ["-001", ["INV-00101", "INV-00112"]],
    ["1", ["INV-00101", "INV-00112", "4711"]],
    ["11", ["INV-00112", "4711"]],
    ["2026", ["inv/2026-7"]],
    ["26-7", ["inv/2026-7"]],
    ["%_\\", ["Q%_\\-9"]],
    ["xyz", []],
    ["", numbers],
  ];
  for (const [part, found] of all) {
    expect([part, await find(`filter[invoice_number]=${encodeURIComponent(part)}`)]).toEqual([
      part,
      found,
    ]);
    expect([part, await find(`search=${encodeURIComponent(part)}`)]).toEqual([part, found]);
  }
  expect(await find("search=maple")).toEqual(numbers);
  expect(await find("search=1&filter[invoice_number]=inv")).toEqual(["INV-00101", "INV-00112"]);
  expect(await find("filter[status]=paid&search=inv")).toEqual([]);
});

test("what a list counts is what is there, whatever is done to invoices at once", async () => {
  const invoicing = await startInvoicing();
  const { call, expectCall, draft, issued, sql, companyId } = invoicing;
  const paid = await issued({ currency: "EUR" });
  const [voided, archived, deleted] = [await draft(), await draft(), await draft()];
  await Promise.all([
    expectCall(200, "POST", `/invoices/${paid.id}/mark-paid`),
    expectCall(200, "POST", `/invoices/${voided.id}/void`),
    expectCall(204, "POST", `/invoices/${archived.id}/archive`),
    expectCall(204, "DELETE", `/invoices/${deleted.id}`),
  ]);
  // Six at a time, half of them taken back: hundreds of differences, added up again and again.
  await insertBook(invoicing, 20);
  const rolledBack = new Error("taken back");
  await inParallel(Array(240).keys(), 6, async (index) => {
    const changing = sql.begin(async (tx) => {
      await tx`
        update invoices set total = total + 1, subtotal = subtotal + 1
        where company_id = ${companyId} and id = ${archived.id + 2 + (index % 15)}
      `;
      if (index % 2 === 0) throw rolledBack;
    });
    await changing.catch((error: unknown) => {
      if (error !== rolledBack) throw error;
    });
  });
  await sql`delete from invoice_lines where company_id = ${companyId} and invoice_id = ${voided.id}`;
  await sql`delete from invoices where company_id = ${companyId} and id = ${voided.id}`;

  const { meta } = (await call("GET", "/invoices")).body;
  expect(meta).toMatchObject(await counted(sql, companyId));
  const active = (await call("GET", "/invoices?filter[is_archived]=false")).body.meta;
  expect(active.total).toBeLessThan(meta.total);
  const [tallies] = await sql<{ count: number }[]>`
    select count(*)::int as count from invoice_tallies where company_id = ${companyId}
  `;
  expect(tallies!.count).toBeLessThan(150);
});

/** Invoices of all states, some equal in what they are sorted by, every twelfth deleted. */
async function insertBook({ sql, companyId, clientId }: Invoicing, count: number): Promise<void> {
  await sql`
    insert into invoices (
      company_id, client_id, invoice_number, status, is_archived, issue_date, due_date, currency,
      subtotal, total, amount_paid, deleted_at, created_at, updated_at
    )
    select
      ${companyId}, ${clientId}, 'B-' || (n * 37 % 1000),
      (array['draft', 'sent', 'viewed', 'partial', 'paid', 'overdue', 'cancelled'])[1 + n % 7],
      n % 5 = 0, date '2026-01-01' + n % 9, date '2026-03-01' + n % 11,
      (array['USD', 'EUR'])[1 + n % 2], 1000 + n % 13,
      1000 + n % 13, case n % 7 when 3 then 500 + n % 3 when 4 then 1000 + n % 13 else 0 end,
      case when n % 12 = 0 then now() end, timestamptz '2026-01-01' + n % 8 * interval '1 hour',
      timestamptz '2026-02-01' + n % 6 * interval '1 hour'
    from generate_series(1, ${count}::int) as n
  `;
}

/** The ids on all pages of a list, one page after the other. */
async function readAll({ call }: Invoicing, query: string): Promise<number[]> {
  const ids: number[] = [];
  for (let page = 1, last = 1; page <= last; page += 1) {
    const { status, body, text } = await call("GET", `/invoices?${query}&page=${page}`);
    expect({ status, text }).toMatchObject({ status: 200 });
    last = body.meta.last_page;
    ids.push(...body.data.map((invoice: Listed) => invoice.id));
  }
  return ids;
}

/** As PostgreSQL sorts all of them. */
async function sorted(
  { sql, companyId }: Invoicing,
  filter: string,
  field: (typeof invoiceSortFields)[number],
): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select id from invoices
    where company_id = ${companyId} and deleted_at is null
      ${filter.includes("status") ? sql`and status in ('draft', 'paid')` : sql``}
      ${filter.includes("is_archived") ? sql`and not is_archived` : sql``}
    order by ${sql(field)}, id
  `;
  return rows.map((row) => row.id);
}

async function counted(sql: Sql, companyId: number) {
  const totals = await sql<{ currency: string; count: number; total: bigint; paid: bigint }[]>`
    select currency, count(*)::int, sum(total)::int8 as total, sum(amount_paid)::int8 as paid
    from invoices where company_id = ${companyId} and deleted_at is null
    group by currency order by currency
  `;
  const statuses = await sql<{ status: string; count: number }[]>`
    select status, count(*)::int from invoices
    where company_id = ${companyId} and deleted_at is null group by status
  `;
  return {
    total: totals.reduce((sum, row) => sum + row.count, 0),
    totals: totals.map((row) => ({
      currency: row.currency,
      count: row.count,
      total: Number(row.total),
      amount_paid: Number(row.paid),
      amount_due: Number(row.total - row.paid),
    })),
    status_counts: Object.fromEntries(statuses.map((row) => [row.status, row.count])),
  };
}
