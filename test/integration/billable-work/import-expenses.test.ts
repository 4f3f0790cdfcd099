import { expect, test } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { startExpenses } from "./start-expenses.ts";
import { expectFreedWithInvoice } from "./start-work.ts";

test("expenses become lines over their amount, taxed at their own rate or as the company does", async () => {
  const { draft, expectCall, spent } = await startExpenses({
    default_tax_name_1: "VAT",
    default_tax_rate_1: 2000,
  });
  const ticket = await spent({ amount: 10_001, tax_name: "Rail tax", tax_rate: 700 });
  const hotel = await spent({ vendor: "Hotel", description: "Two nights in Oslo", amount: 30_000 });
  const nameless = await spent({ vendor: null, amount: 1, tax_rate: 500 });
  const invoice = await draft({ line_items: [line("Consulting", 1, 10_000, { tax_rate: 0 })] });
  const path = `/invoices/${invoice.id}`;
  const billed = await expectCall(200, "POST", `${path}/import-expenses`, {
    expense_ids: [hotel.id, ticket.id, nameless.id],
  });
  expect(billed.line_items.slice(1)).toMatchObject([
    {
      expense_id: hotel.id,
      time_entry_id: null,
      service_id: null,
      description: "Two nights in Oslo (2026-03-02)",
      quantity: 1,
      unit_price: "30000.000000",
      amount: 30_000,
      tax_name_1: "VAT",
      tax_rate_1: 2000,
      tax_amount_1: 6000,
      sort_order: 1,
    },
    {
      expense_id: ticket.id,
      description: "City Rail (2026-03-02)",
      amount: 10_001,
      tax_name_1: "Rail tax",
      tax_amount_1: 700,
      tax_name_2: null,
      sort_order: 2,
    },
    { expense_id: nameless.id, description: "travel transport (2026-03-02)", tax_name_1: "Tax" },
  ]);
  expect(billed).toMatchObject({ subtotal: 50_002, tax_total: 6700, total: 56_702 });
  expect(await expectCall(200, "GET", `/expenses/${hotel.id}`)).toMatchObject({
    status: "billed",
    is_billed: true,
    invoice_id: invoice.id,
  });
  const listed = await expectCall(200, "GET", `/expenses?invoice_id=${invoice.id}&is_billed=true`);
  expect(listed).toHaveLength(3);
  expect(await expectCall(200, "GET", path)).toMatchObject({ line_items: billed.line_items });
  const log = await expectCall(
    200,
    "GET",
    `/activity-log?subject_type=invoice&subject_id=${invoice.id}`,
  );
  expect(log[0].properties).toMatchObject({ expense_ids: [hotel.id, ticket.id, nameless.id] });
  // A copy says the same and bills nothing.
  const copy = await expectCall(201, "POST", `${path}/duplicate`);
  const { line_items: lines } = await expectCall(200, "GET", `/invoices/${copy.id}`);
  expect(lines).toMatchObject([1, 2, 3, 4].map(() => ({ expense_id: null })));
});

test("what cannot be billed on is named, and then nothing is", async () => {
  const { draft, issued, expectCall, expectInvalid, spent, call } = await startExpenses();
  const invoice = await draft();
  const path = `/invoices/${invoice.id}/import-expenses`;
  const good = await spent();
  const refused = async (id: unknown) =>
    await expectInvalid("expense_ids.1", "POST", path, { expense_ids: [good.id, id] });

  expect(await refused(4711)).toContain("no such");
  expect(await refused((await spent({ is_billable: false })).id)).toContain("not billable");
  expect(await refused((await spent({ currency: "EUR" })).id)).toContain("in EUR");
  expect(await refused((await spent({ tax_amount: 350 })).id)).toContain("no tax_rate");
  const archived = await spent();
  await expectCall(204, "POST", `/expenses/${archived.id}/archive`);
  expect(await refused(archived.id)).toContain("archived");
  const other = await expectCall(201, "POST", "/clients", { name: "Other" });
  expect(await refused((await spent({ client_id: other.id })).id)).toContain("another client");
  const deleted = await spent();
  await expectCall(204, "DELETE", `/expenses/${deleted.id}`);
  expect(await refused(deleted.id)).toContain("no such");
  await expectInvalid("expense_ids", "POST", path, { expense_ids: [good.id, good.id] });
  await expectInvalid("expense_ids.0", "POST", path, { expense_ids: ["x"] });
  await expectInvalid("expense_ids", "POST", path, {
    expense_ids: Array.from({ length: 501 }, (_, n) => n + 1),
  });
  for (const ending of ["mark-paid", "void"]) {
    const { id } = await issued();
    await expectCall(200, "POST", `/invoices/${id}/${ending}`);
    await expectCall(409, "POST", `/invoices/${id}/import-expenses`, { expense_ids: [good.id] });
  }
  // Nothing named, nothing done.
  expect(await expectCall(200, "POST", path, {})).toMatchObject({ total: 10_000 });
  expect((await call("POST", "/invoices/4711/import-expenses", {})).status).toBe(404);

  // On one invoice only, also when three reach for it at once.
  const drafts = [invoice, await draft(), await draft()];
  const replies = await Promise.all(
    drafts.map(
      async ({ id }) =>
        await call("POST", `/invoices/${id}/import-expenses`, { expense_ids: [good.id] }),
    ),
  );
  expect(replies.map((reply) => reply.status).toSorted((a, b) => a - b)).toEqual([200, 422, 422]);
  const again = await expectInvalid("expense_ids.0", "POST", path, { expense_ids: [good.id] });
  expect(again).toContain("already billed on invoice");
});

test("voiding or deleting the invoice, or taking the line off, frees the expense", async () => {
  const { draft, expectCall, spent, worked } = await startExpenses();
  const [one, two] = [await spent(), await spent()];
  const entry = await worked();
  const imported = async () => {
    const { id } = await draft();
    const path = `/invoices/${id}`;
    await expectCall(200, "POST", `${path}/import-time`, { time_entry_ids: [entry.id] });
    const { line_items: lines } = await expectCall(200, "POST", `${path}/import-expenses`, {
      expense_ids: [one.id, two.id],
    });
    return { id, path, lines };
  };
  const unbilled = async () =>
    (await expectCall(200, "GET", "/expenses?is_billed=false&sort=id")).map(
      (expense: { id: number; invoice_id: number | null }) => [expense.id, expense.invoice_id],
    );
  const both = [
    [one.id, null],
    [two.id, null],
  ];

  await expectFreedWithInvoice(expectCall, { imported, unbilled, all: both });

  const third = await imported();
  await expectCall(204, "DELETE", `${third.path}/line-items/${third.lines[2].id}`);
  expect(await unbilled()).toEqual([both[0]]);
  expect(await expectCall(200, "GET", `/time-entries/${entry.id}`)).toMatchObject({
    is_billed: true,
  });
  // A line that is changed still bills its expense; one left out of the full set does not.
  await expectCall(200, "PUT", third.path, {
    line_items: [{ id: third.lines[3].id, ...line("rounded", 1, 5000) }],
  });
  expect(await unbilled()).toEqual([both[0]]);
  await expectCall(200, "PUT", third.path, { line_items: [line("lump sum", 1, 5)] });
  expect(await unbilled()).toEqual(both);
});

test("an expense on an invoice takes other words only, and is not deleted", async () => {
  const { draft, call, expectCall, spent } = await startExpenses();
  const expense = await spent({ tax_rate: 700 });
  const { id } = await draft();
  await expectCall(200, "POST", `/invoices/${id}/import-expenses`, { expense_ids: [expense.id] });
  const path = `/expenses/${expense.id}`;
  for (const change of [
    { amount: 1 },
    { currency: "EUR" },
    { tax_amount: 1 },
    { tax_rate: 1 },
    { tax_name: "x" },
    { is_billable: false },
    { expense_date: "2026-01-01" },
    { client_id: null },
  ]) {
    const reply = await call("PATCH", path, change);
    // The expense had no client, so clearing it changes nothing.
    const expected = "client_id" in change ? 200 : 409;
    expect([change, reply.status]).toEqual([change, expected]);
  }
  await expectCall(409, "DELETE", path);
  const { amount, expense_date: expenseDate } = expense;
  expect(
    await expectCall(200, "PUT", path, {
      amount,
      expense_date: expenseDate,
      category: "other",
      vendor: "Rail & Sons",
      reference: "R-7",
    }),
  ).toMatchObject({ vendor: "Rail & Sons", is_billed: true, invoice_id: id, tax_amount: 350 });
});
