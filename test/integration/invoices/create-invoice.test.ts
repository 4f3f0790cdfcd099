import { expect, test } from "vitest";
import { joinInvoicing, line, startInvoicing } from "./start-invoicing.ts";

test("an invoice has every key of the base contract", async () => {
  const { draft, clientId } = await startInvoicing();
  expect(await draft()).toMatchObject({
    id: expect.any(Number),
    uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    client_id: clientId,
    recurring_invoice_id: null,
    invoice_number: "INV-00001",
    status: "draft",
    is_archived: false,
    status_label: "Draft",
    status_color: "gray",
    issue_date: "2026-03-02",
    due_date: "2026-04-01",
    currency: "USD",
    subtotal: 10_000,
    tax_total: 0,
    discount_type: null,
    discount_value: null,
    discount_total: 0,
    total: 10_000,
    amount_paid: 0,
    amount_due: 10_000,
    notes: null,
    terms: null,
    footer: null,
    sent_at: null,
    viewed_at: null,
    paid_at: null,
    late_fee_amount: 0,
    late_fee_applied_at: null,
    reminders_sent: 0,
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
    line_items: [
      {
        id: expect.any(Number),
        service_id: null,
        time_entry_id: null,
        expense_id: null,
        description: "Consulting",
        quantity: 1,
        unit_price: "10000.000000",
        amount: 10_000,
        discount_amount: 0,
        tax_name_1: null,
        tax_rate_1: null,
        tax_amount_1: 0,
        tax_name_2: null,
        tax_rate_2: null,
        tax_amount_2: 0,
        sort_order: 0,
        is_late_fee: false,
        created_at: "2026-03-02T09:00:00.000000Z",
        updated_at: "2026-03-02T09:00:00.000000Z",
      },
    ],
  });
});

test("the request of the base contract's example is taken as it stands", async () => {
  const { expectCall, clientId, eventsOf } = await startInvoicing();
  const invoice = await expectCall(201, "POST", "/invoices", {
    client_id: String(clientId),
    issue_date: "2026-04-05T19:38:19",
    due_date: "2052-04-28",
    currency: "eur",
    discount_type: "percentage",
    discount_value: 16,
    notes: "n",
    terms: "g",
    footer: "z",
    is_archived: true,
    line_items: [
      {
        description: "Velit et fugiat sunt nihil accusantium.",
        quantity: 52,
        unit_price: 8,
        tax_name: "k",
        tax_rate: 14,
        sort_order: 16,
      },
    ],
  });
  // 52 × 8 = 416; 16 % of it is 66.56; 14 % of the remaining 349 is 48.86.
  expect(invoice).toMatchObject({
    issue_date: "2026-04-05",
    due_date: "2052-04-28",
    currency: "EUR",
    discount_type: "percentage",
    discount_value: 16,
    subtotal: 416,
    discount_total: 67,
    tax_total: 49,
    total: 398,
    notes: "n",
    terms: "g",
    footer: "z",
    is_archived: true,
    line_items: [{ tax_name_1: "k", tax_rate_1: 1400, tax_amount_1: 49, sort_order: 16 }],
  });
  expect(await eventsOf(invoice.id)).toEqual(["invoice.created"]);
});

test("dates, currency and terms follow client and company", async () => {
  const invoicing = await startInvoicing({
    timezone: "Pacific/Auckland",
    currency: "NZD",
    default_payment_terms: 14,
  });
  const { expectCall, clientId, clock } = invoicing;
  clock.set("2026-03-02T12:00:00Z");
  expect(await expectCall(201, "POST", "/invoices", { client_id: clientId })).toMatchObject({
    issue_date: "2026-03-03",
    due_date: "2026-03-17",
    currency: "NZD",
    total: 0,
    status: "draft",
  });

  const other = await expectCall(201, "POST", "/clients", {
    name: "Hiroshi",
    currency: "JPY",
    payment_terms: 0,
  });
  expect(await expectCall(201, "POST", "/invoices", { client_id: other.id })).toMatchObject({
    issue_date: "2026-03-03",
    due_date: "2026-03-03",
    currency: "JPY",
  });
});

test("a line that says nothing of tax gets its service's taxes, else the company's", async () => {
  const { expectCall, draft } = await startInvoicing({
    default_tax_name_1: "GST",
    default_tax_rate_1: 500,
    default_tax_name_2: "QST",
    default_tax_rate_2: 997.5,
  });
  const service = await expectCall(201, "POST", "/services", {
    name: "Hosting",
    tax_name_1: "VAT",
    tax_rate_1: 1900,
  });
  const { line_items: lines } = await draft({
    line_items: [
      line("company's", 1, 10_000),
      line("service's", 1, 10_000, { service_id: service.id }),
      line("none", 1, 10_000, { tax_rate: null }),
      line("own", 1, 10_000, { tax_name: "Own", tax_rate: 7 }),
      line("own, in basis points", 1, 10_000, { tax_name_2: "B", tax_rate_2: 250 }),
    ],
  });
  const taxes = lines.map((one: Record<string, unknown>) => [
    one["tax_name_1"],
    one["tax_amount_1"],
    one["tax_name_2"],
    one["tax_amount_2"],
  ]);
  expect(taxes).toEqual([
    ["GST", 500, "QST", 998],
    ["VAT", 1900, null, 0],
    [null, 0, null, 0],
    ["Own", 700, null, 0],
    [null, 0, "B", 250],
  ]);
});

test("what is wrong is refused by its name, and nothing is written", async () => {
  const { expectInvalid, clientId, sql, companyId, expectCall } = await startInvoicing();
  const post = async (field: string, body: Record<string, unknown>) =>
    await expectInvalid(field, "POST", "/invoices", { client_id: clientId, ...body });
  const postLine = async (field: string, wrong: Record<string, unknown>) =>
    await post(`line_items.1.${field}`, {
      line_items: [line("good", 1, 1), { ...line("bad", 1, 1), ...wrong }],
    });

  await post("client_id", { client_id: 999_999 });
  await post("client_id", { client_id: "architecto" });
  await post("issue_date", { issue_date: "2026-02-30" });
  await post("issue_date", { issue_date: "9999-12-31" });
  await post("due_date", { issue_date: "2026-03-05", due_date: "2026-03-04" });
  await post("currency", { currency: "ngz" });
  await post("discount_type", { discount_type: "half", discount_value: 1 });
  await post("discount_value", { discount_type: "percentage", discount_value: 100.001 });
  await post("discount_value", { discount_type: "fixed", discount_value: 0.5 });
  await post("discount_value", { discount_type: "fixed" });
  await post("discount_type", { discount_value: 5 });
  await post("notes", { notes: "n".repeat(2001) });
  await post("footer", { footer: "a\u0000b" });
  await post("total", { total: 1 });
  await post("status", { status: "paid" });
  await post("adjustment_amount", { adjustment_amount: -1, adjustment_description: "Goodwill" });
  await post("adjustment_description", { adjustment_amount: -1 });
  await post("line_items", { line_items: null });
  await postLine("description", { description: "" });
  await postLine("description", { description: "d".repeat(1001) });
  await postLine("quantity", { quantity: 0 });
  await postLine("quantity", { quantity: 0.00001 });
  await postLine("quantity", { quantity: "many" });
  await postLine("unit_price", { unit_price: "12,50" });
  await postLine("unit_price", { unit_price: 1e15 });
  await postLine("tax_rate", { tax_rate: 101 });
  await postLine("tax_rate", { tax_rate: 1, tax_rate_1: 100 });
  await postLine("service_id", { service_id: 77 });
  await postLine("id", { id: 5 });
  await postLine("amount", { amount: 1 });

  const archived = await expectCall(201, "POST", "/clients", { name: "Old" });
  await expectCall(200, "POST", "/clients/bulk-action", { ids: [archived.id], action: "archive" });
  await post("client_id", { client_id: archived.id });

  const [row] = await sql`
    select (select count(*)::int from invoices) as invoices,
      (select count(*)::int from counters where company_id = ${companyId} and next_value > 1) as taken
  `;
  expect(row).toEqual({ invoices: 0, taken: 0 });
});

test("another company's client, service and invoices are not there", async () => {
  const ours = await startInvoicing();
  const theirs = await joinInvoicing(ours);
  const invoice = await theirs.draft();
  const lineId = invoice.line_items[0].id;
  const service = await theirs.expectCall(201, "POST", "/services", { name: "Theirs" });

  await ours.expectInvalid("client_id", "POST", "/invoices", { client_id: theirs.clientId });
  await ours.expectInvalid("line_items.0.service_id", "POST", "/invoices", {
    client_id: ours.clientId,
    line_items: [line("x", 1, 1, { service_id: service.id })],
  });
  const payment = { amount: 1, payment_date: "2026-03-02" };
  const path = `/invoices/${invoice.id}`;
  const full = line("x", 1, 1);
  const calls: [method: string, path: string, body?: unknown][] = [
    ["GET", path],
    ["PUT", path, { notes: "x" }],
    ["PATCH", path, { notes: "x" }],
    ["DELETE", path],
    ["GET", `${path}/line-items`],
    ["POST", `${path}/line-items`, full],
    ["PUT", `${path}/line-items/${lineId}`, full],
    ["DELETE", `${path}/line-items/${lineId}`],
    ["POST", `${path}/archive`],
    ["POST", `${path}/unarchive`],
    ["POST", `${path}/send`],
    ["POST", `${path}/mark-sent`],
    ["POST", `${path}/mark-paid`],
    ["POST", `${path}/record-payment`, payment],
    ["GET", `${path}/payments`],
    ["POST", `${path}/payments`, payment],
    ["DELETE", `${path}/payments/1`],
    ["POST", `${path}/void`],
    ["POST", `${path}/duplicate`],
    ["GET", `${path}/pdf`],
  ];
  for (const [method, where, body] of calls) {
    const { status } = await ours.call(method, where, body);
    expect({ method, where, status }).toEqual({ method, where, status: 404 });
  }
  expect(await theirs.expectCall(200, "GET", path)).toMatchObject({ status: "draft" });
});
