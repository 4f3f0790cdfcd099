import { expect, test } from "vitest";
import { joinInvoicing } from "../invoices/start-invoicing.ts";
import { startWork } from "../billable-work/start-work.ts";

test("the billing hub names what can be billed, and what an import would refuse and why", async () => {
  const work = await startWork({ currency: "USD", timezone: "Pacific/Auckland" });
  const { clock, call, expectCall, expectInvalid, worked, project, clientId, draft, sql } = work;
  clock.set("2026-03-31T12:30:00Z");
  const client = async (name: string, currency = "EUR") =>
    (await expectCall(201, "POST", "/clients", { name, currency })).id;
  const [globex, archived] = [await client("Globex"), await client("Gone", "USD")];
  const ours = (await project()).id;
  const [abroad, old] = [
    await project({ client_id: globex }),
    await project({ client_id: archived }),
  ];
  const entry = async (fields: Record<string, unknown>): Promise<number> =>
    (await worked({ project_id: ours, ...fields })).id;
  const expense = async (fields: Record<string, unknown>): Promise<number> =>
    (
      await expectCall(201, "POST", "/expenses", {
        category: "other",
        expense_date: "2026-03-05",
        is_billable: true,
        client_id: clientId,
        amount: 1000,
        ...fields,
      })
    ).id;

  const later = await entry({ date: "2026-03-04", duration: 1800 });
  const earlier = await entry({ date: "2026-03-01", duration: 5783, hourly_rate: 15_266 });
  const fare = await expense({});
  const inEuros = await entry({ project_id: abroad.id });
  // Billed, or not billable, or deleted: none of it.
  const billed = await entry({});
  const invoice = await draft();
  await expectCall(200, "POST", `/invoices/${invoice.id}/import-time`, {
    time_entry_ids: [billed],
  });
  await entry({ is_billable: false });
  await expectCall(204, "DELETE", `/time-entries/${await entry({})}`);

  // What stands in the way.
  const unrated = await entry({ hourly_rate: 0, duration: 60 });
  const timeless = await entry({ duration: 60 });
  const nobodys = await entry({ duration: 600 });
  await entry({ project_id: old.id });
  await sql`update time_entries set hourly_rate = null where id = ${unrated}`;
  await sql`update time_entries set duration = 0 where id = ${timeless}`;
  await sql`update time_entries set client_id = null, project_id = null where id = ${nobodys}`;
  const stored = await expense({ amount: 70 });
  await expectCall(204, "POST", `/expenses/${stored}/archive`);
  const taxed = await expense({ amount: 300, tax_amount: 45 });
  await sql`update clients set is_archived = true where id = ${archived}`;
  await expectCall(201, "POST", "/timer/start", { project_id: ours, service_id: work.serviceId });

  const maple = {
    client_id: clientId,
    client_name: "Maple Street Bakery",
    currency: "USD",
    can_bill: true,
    // 60.00, 245.23 and the fare.
    total: 31_523,
    time: {
      entry_count: 2,
      seconds: 7583,
      hours: "2.1064",
      amount: 30_523,
      time_entry_ids: [earlier, later],
    },
    expenses: { expense_count: 1, amount: 1000, expense_ids: [fare] },
    oldest_date: "2026-03-01",
    blocked: expect.arrayContaining([
      { reason: "running", kind: "time", count: 1, amount: 0 },
      { reason: "no_rate", kind: "time", count: 1, amount: 0 },
      { reason: "no_time", kind: "time", count: 1, amount: 0 },
      { reason: "archived", kind: "expense", count: 1, amount: 70 },
      { reason: "tax_without_rate", kind: "expense", count: 1, amount: 300 },
    ]),
  };
  const selection = await call("GET", "/billing-hub/invoice-selection");
  expect(selection.body).toEqual({
    data: [
      maple,
      expect.objectContaining({ client_id: globex, currency: "EUR", total: 12_000, blocked: [] }),
      expect.objectContaining({
        client_id: archived,
        can_bill: false,
        oldest_date: null,
        blocked: [{ reason: "client_archived", kind: "time", count: 1, amount: 12_000 }],
      }),
      expect.objectContaining({
        client_id: null,
        client_name: null,
        blocked: [{ reason: "no_client", kind: "time", count: 1, amount: 2000 }],
      }),
    ],
    meta: { current_page: 1, last_page: 1, per_page: 25, total: 4 },
  });
  expect(selection.body.data[0].blocked).toHaveLength(5);
  const second = await call("GET", "/billing-hub/invoice-selection?can_bill=1&per_page=1&page=2");
  expect(second.body).toMatchObject({
    data: [{ client_id: globex, time: { time_entry_ids: [inEuros] } }],
    meta: { total: 2, last_page: 2 },
  });
  const none = await call(
    "GET",
    `/billing-hub/invoice-selection?client_id=${archived}&can_bill=true`,
  );
  expect(none.body).toMatchObject({ data: [], meta: { total: 0 } });

  const summary = await call("GET", "/billing-hub/summary");
  const [dollars, euros] = summary.body.data;
  expect(summary.body.meta).toEqual({
    as_of: "2026-04-01",
    currency: "USD",
    scheduled_until: "2026-05-01",
  });
  expect(dollars).toMatchObject({
    currency: "USD",
    ready: {
      client_count: 1,
      entry_count: 2,
      hours: "2.1064",
      expense_amount: 1000,
      total: 31_523,
    },
  });
  expect(euros.ready).toMatchObject({ client_count: 1, total: 12_000, expense_count: 0 });
  expect(dollars.blocked.map(({ reason }: { reason: string }) => reason)).toEqual([
    "running",
    "no_rate",
    "no_time",
    "no_client",
    "client_archived",
    "archived",
    "tax_without_rate",
  ]);
  // It is the unbilled work of the reports, but for what a person has to do something about first.
  const wip = (await call("GET", "/reports/unbilled-wip")).body.meta.totals_by_currency.USD.total;
  const hidden = new Set(["running", "archived"]);
  const blocked = dollars.blocked
    .filter(({ reason }: { reason: string }) => !hidden.has(reason))
    .reduce((sum: number, { amount }: { amount: number }) => sum + amount, 0);
  expect(dollars.ready.total + blocked).toBe(wip);
  expect(dollars.stages.unbilled.amount).toBe(wip);
  expect(dollars.stages.draft).toEqual({ count: 1, amount: 22_000 });

  // An import takes exactly what is named, and refuses the rest.
  for (const id of [unrated, timeless]) {
    await expectInvalid("time_entry_ids.0", "POST", `/invoices/${invoice.id}/import-time`, {
      time_entry_ids: [id],
    });
  }
  for (const id of [stored, taxed]) {
    await expectInvalid("expense_ids.0", "POST", `/invoices/${invoice.id}/import-expenses`, {
      expense_ids: [id],
    });
  }
  const to = `/invoices/${invoice.id}`;
  const { time, expenses } = selection.body.data[0];
  await expectCall(200, "POST", `${to}/import-time`, { time_entry_ids: time.time_entry_ids });
  await expectCall(200, "POST", `${to}/import-expenses`, { expense_ids: expenses.expense_ids });
  const after = await call("GET", "/billing-hub/invoice-selection?can_bill=true");
  expect(after.body.data).toMatchObject([{ client_id: globex }]);

  // A token sees as much of others' records as its scopes say, and nothing without this one.
  const narrow = await call("GET", "/billing-hub/invoice-selection", undefined, {
    token: await work.tokenWith(["billing:read"]),
  });
  expect(Object.keys(narrow.body.data[0])).not.toContain("client_name");
  expect(narrow.body.data[0].time).not.toHaveProperty("time_entry_ids");
  expect(narrow.body.data[0].expenses).not.toHaveProperty("expense_ids");
  const token = await work.tokenWith(["reports:read", "invoices:read"]);
  for (const path of ["summary", "invoice-selection"]) {
    const refused = await call("GET", `/billing-hub/${path}`, undefined, { token });
    expect(refused.body).toMatchObject({ code: "missing_scope", scope: "billing:read" });
  }
  const other = await joinInvoicing(work, { currency: "JPY" });
  expect((await other.call("GET", "/billing-hub/summary")).body.data).toMatchObject([
    { currency: "JPY", ready: { client_count: 0, total: 0 }, blocked: [] },
  ]);
});
