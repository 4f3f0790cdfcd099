import { expect, test } from "vitest";
import { line, startInvoicing } from "./start-invoicing.ts";

test("line items are synced as a full set: changed by id, added, removed", async () => {
  const { draft, expectCall } = await startInvoicing();
  const created = await draft({
    line_items: [
      line("stays", 1, 1000, { tax_name: "VAT", tax_rate: 20 }),
      line("changes", 1, 2000),
      line("goes", 1, 4000),
    ],
  });
  const [stays, changes] = created.line_items;
  const updated = await expectCall(200, "PUT", `/invoices/${created.id}`, {
    line_items: [
      line("new", 1, 10),
      { id: stays.id, ...line("stays", 1, 1000) },
      { id: changes.id, ...line("changed", 2, 2000) },
    ],
  });
  expect(updated).toMatchObject({
    subtotal: 5010,
    tax_total: 200,
    total: 5210,
    line_items: [
      { description: "new", sort_order: 0 },
      { id: stays.id, tax_name_1: "VAT", tax_rate_1: 2000, tax_amount_1: 200, sort_order: 1 },
      { id: changes.id, description: "changed", amount: 4000, sort_order: 2 },
    ],
  });
  expect(await expectCall(200, "GET", `/invoices/${created.id}/line-items`)).toEqual(
    updated.line_items,
  );

  const emptied = await expectCall(200, "PUT", `/invoices/${created.id}`, { line_items: [] });
  expect(emptied).toMatchObject({ total: 0, status: "draft", line_items: [] });
});

test("a line of another invoice, or one given twice, is refused", async () => {
  const { draft, expectInvalid, expectCall } = await startInvoicing();
  const other = await draft();
  const { id, line_items: lines } = await draft();
  const sync = async (field: string, ids: number[]) =>
    await expectInvalid(field, "PUT", `/invoices/${id}`, {
      line_items: ids.map((lineId) => ({ id: lineId, ...line("x", 1, 1) })),
    });
  await sync("line_items.0.id", [other.line_items[0].id]);
  await sync("line_items.1.id", [lines[0].id, lines[0].id]);
  expect(await expectCall(200, "GET", `/invoices/${other.id}`)).toMatchObject({ total: 10_000 });
});

test("fields that are left out stay, also the lines", async () => {
  const { draft, expectCall, eventsOf } = await startInvoicing();
  const created = await draft({ notes: "hello", discount_type: "percentage", discount_value: 10 });
  const updated = await expectCall(200, "PATCH", `/invoices/${created.id}`, { terms: "net" });
  expect(updated).toEqual({ ...created, terms: "net" });
  expect(await expectCall(200, "PATCH", `/invoices/${created.id}`, {})).toEqual(updated);
  // Nothing changed the second time, so nothing is told of it.
  expect(await eventsOf(created.id)).toEqual(["invoice.created", "invoice.updated"]);
});

test("a discount changes by halves, and ends with null", async () => {
  const { draft, expectCall, expectInvalid } = await startInvoicing();
  const { id } = await draft();
  const patch = async (body: unknown) => await expectCall(200, "PATCH", `/invoices/${id}`, body);
  expect(await patch({ discount_type: "percentage", discount_value: "12.5" })).toMatchObject({
    discount_value: 12.5,
    total: 8750,
  });
  expect(await patch({ discount_value: 20 })).toMatchObject({ total: 8000 });
  await expectInvalid("discount_value", "PATCH", `/invoices/${id}`, { discount_type: "fixed" });
  expect(await patch({ discount_type: "fixed", discount_value: 500 })).toMatchObject({
    total: 9500,
  });
  expect(await patch({ discount_type: null })).toMatchObject({
    discount_type: null,
    discount_value: null,
    total: 10_000,
  });
});

test("client and currency change on a draft only", async () => {
  const { draft, issued, expectCall } = await startInvoicing();
  const other = await expectCall(201, "POST", "/clients", { name: "Other", currency: "EUR" });
  const changes = { client_id: other.id, currency: "EUR" };
  const { id } = await draft();
  expect(await expectCall(200, "PUT", `/invoices/${id}`, changes)).toMatchObject(changes);

  const open = await issued();
  await expectCall(409, "PUT", `/invoices/${open.id}`, { currency: "EUR" });
  await expectCall(409, "PUT", `/invoices/${open.id}`, { client_id: other.id });
  // What it is already is no change.
  await expectCall(200, "PUT", `/invoices/${open.id}`, {
    currency: "USD",
    client_id: open.client_id,
  });
});

test.each(["mark-paid", "void"])("after %s only the texts can change", async (ending) => {
  const { issued, expectCall } = await startInvoicing();
  const { id } = await issued();
  await expectCall(200, "POST", `/invoices/${id}/${ending}`);
  const ended = await expectCall(200, "PATCH", `/invoices/${id}`, { notes: "Thank you." });
  for (const body of [
    { due_date: "2027-01-01" },
    { discount_type: "percentage", discount_value: 1 },
    { adjustment_amount: 1 },
    { line_items: [] },
  ]) {
    await expectCall(409, "PATCH", `/invoices/${id}`, body);
  }
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject(ended);
});

test("the due date of an overdue invoice moves into the future, and it is overdue no more", async () => {
  const { issued, expectCall, sql, expectInvalid } = await startInvoicing();
  const { id } = await issued({ issue_date: "2026-01-01", due_date: "2026-01-31" });
  await sql`update invoices set status = 'overdue', overdue_on = '2026-02-01' where id = ${id}`;
  await expectInvalid("due_date", "PATCH", `/invoices/${id}`, { due_date: "2025-12-31" });
  expect(await expectCall(200, "PATCH", `/invoices/${id}`, { notes: "?" })).toMatchObject({
    status: "overdue",
  });
  expect(
    await expectCall(200, "PATCH", `/invoices/${id}`, { due_date: "2026-03-02" }),
  ).toMatchObject({ status: "sent", due_date: "2026-03-02" });
});

test("an invoice cannot be changed to less than was paid; to exactly that, it is paid", async () => {
  const { issued, expectCall, eventsOf } = await startInvoicing();
  const { id } = await issued();
  await expectCall(200, "POST", `/invoices/${id}/record-payment`, {
    amount: 6000,
    payment_date: "2026-03-02",
  });
  const path = `/invoices/${id}`;
  await expectCall(409, "PUT", path, { line_items: [line("less", 1, 5999)] });
  await expectCall(409, "PUT", path, { discount_type: "fixed", discount_value: 4001 });
  await expectCall(409, "PUT", path, {
    adjustment_amount: -4001,
    adjustment_description: "Goodwill",
  });
  expect(
    await expectCall(200, "PUT", path, { line_items: [line("more", 1, 12_000)] }),
  ).toMatchObject({
    status: "partial",
    amount_due: 6000,
  });
  expect(await expectCall(200, "PUT", path, { line_items: [line("all", 1, 6000)] })).toMatchObject({
    status: "paid",
    amount_due: 0,
    paid_at: "2026-03-02T09:00:00.000000Z",
  });
  expect((await eventsOf(id)).at(-1)).toBe("invoice.paid");
});

test("If-Match guards against overwriting what somebody else wrote", async () => {
  const { draft, call } = await startInvoicing();
  const { id } = await draft();
  const etag = (await call("GET", `/invoices/${id}`)).headers.get("etag") ?? "";
  const put = async (notes: string) =>
    (await call("PUT", `/invoices/${id}`, { notes }, { headers: { "If-Match": etag } })).status;
  expect(await put("first")).toBe(200);
  expect(await put("second")).toBe(412);
});
