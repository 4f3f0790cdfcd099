import { expect, test } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { startRecurring } from "./start-recurring.ts";

test("a series has every key the contract shows, and its lines", async () => {
  const { series } = await startRecurring();
  const created = await series({
    line_items: [line("Hosting", 2, "1250.5", { tax_name: "VAT", tax_rate: 19 })],
  });
  expect(created).toMatchObject({
    title: "Retainer",
    status: "active",
    is_archived: false,
    frequency: "monthly",
    frequency_label: "Monthly",
    interval: 1,
    start_date: "2026-03-02",
    end_date: null,
    next_generate_date: "2026-03-02",
    last_generated_at: null,
    auto_send: false,
    currency: "USD",
    subtotal: 2501,
    tax_total: 475,
    discount_type: null,
    discount_value: null,
    discount_total: 0,
    total: 2976,
    notes: null,
    payment_terms: 30,
    occurrences_generated: 0,
    max_occurrences: null,
    catch_up: "all",
    parked_at: null,
    parked_code: null,
    parked_reason: null,
    created_at: "2026-03-02T09:00:00.000000Z",
    updated_at: "2026-03-02T09:00:00.000000Z",
  });
  expect(created.line_items).toMatchObject([
    {
      service_id: null,
      time_entry_id: null,
      expense_id: null,
      description: "Hosting",
      quantity: 2,
      unit_price: "1250.500000",
      amount: 2501,
      tax_name_1: "VAT",
      tax_rate_1: 1900,
      tax_amount_1: 475,
      tax_name_2: null,
      tax_rate_2: null,
      tax_amount_2: 0,
      sort_order: 0,
      is_late_fee: false,
    },
  ]);
});

test("currency and terms are the client's, or else the company's", async () => {
  const { series, expectCall } = await startRecurring({ default_payment_terms: 14 });
  expect(await series()).toMatchObject({ currency: "USD", payment_terms: 14 });
  const client = await expectCall(201, "POST", "/clients", {
    name: "Tokyo Tea",
    currency: "JPY",
    payment_terms: 7,
  });
  expect(await series({ client_id: client.id })).toMatchObject({
    currency: "JPY",
    payment_terms: 7,
  });
  expect(await series({ client_id: client.id, currency: "eur", payment_terms: 0 })).toMatchObject({
    currency: "EUR",
    payment_terms: 0,
  });
});

test("C15: a start eight months back without catch_up is refused, with the number of invoices", async () => {
  const { clientId, call, sql } = await startRecurring();
  const body = {
    client_id: clientId,
    title: "Old",
    frequency: "monthly",
    start_date: "2025-07-02",
  };
  const reply = await call("POST", "/recurring-invoices", body);
  expect(reply.status).toBe(422);
  expect(reply.body.code).toBe("catch_up_required");
  // Eight missed, and the one of today.
  expect(reply.body.errors.start_date[0]).toContain("would make 9 invoices");
  expect(await sql`select 1 from recurring_invoices`).toHaveLength(0);
  expect(await sql`select 1 from events where type like 'recurring-invoice.%'`).toHaveLength(0);

  for (const catch_up of ["all", "latest", "none"]) {
    const said = await call("POST", "/recurring-invoices", { ...body, catch_up });
    expect(said.status).toBe(201);
    expect(said.body.data).toMatchObject({ catch_up, next_generate_date: "2025-07-02" });
  }
});

test("C15: the limit, the end and the maximum count as the night counts them", async () => {
  const { series, expectInvalid, clientId } = await startRecurring({ catch_up_limit: 2 });
  expect(await series({ start_date: "2026-01-02" })).toMatchObject({ status: "active" });
  const old = {
    client_id: clientId,
    title: "Old",
    frequency: "weekly",
    start_date: "2025-01-06",
  };
  await expectInvalid("start_date", "POST", "/recurring-invoices", old);
  await expectInvalid("start_date", "POST", "/recurring-invoices", {
    ...old,
    end_date: "2025-01-20",
  });
  expect(await series({ ...old, end_date: "2025-01-13" })).toMatchObject({ status: "active" });
  expect(await series({ ...old, max_occurrences: 2 })).toMatchObject({ status: "active" });
  expect(
    await expectInvalid("start_date", "POST", "/recurring-invoices", {
      ...old,
      frequency: "custom",
      start_date: "0001-01-01",
      catch_up: "none",
    }),
  ).toContain("At most 1000 occurrences");
});

test("next_generate_date anchors the grid when it is given at creation", async () => {
  const { series, expectInvalid, clientId, expectCall } = await startRecurring();
  const created = await series({ start_date: "2026-03-02", next_generate_date: "2026-03-31" });
  expect(created).toMatchObject({ start_date: "2026-03-02", next_generate_date: "2026-03-31" });
  const preview = await expectCall(200, "GET", `/recurring-invoices/${created.id}/preview?count=3`);
  expect(preview.map((one: { date: string }) => one.date)).toEqual([
    "2026-03-31",
    "2026-04-30",
    "2026-05-31",
  ]);
  const base = { client_id: clientId, title: "T", frequency: "monthly", start_date: "2026-03-02" };
  await expectInvalid("next_generate_date", "POST", "/recurring-invoices", {
    ...base,
    next_generate_date: "2026-03-01",
  });
  await expectInvalid("next_generate_date", "POST", "/recurring-invoices", {
    ...base,
    end_date: "2026-04-01",
    next_generate_date: "2026-04-02",
  });
});

const WRONG: [field: string, wrong: Record<string, unknown>][] = [
  ["title", { title: "" }],
  ["title", { title: "x".repeat(256) }],
  ["title", { title: "For {{client.name}}" }],
  ["title", { title: "For {{period.start" }],
  ["title", { title: "For {{period.start}" }],
  ["notes", { notes: "Thanks, {{nobody}}" }],
  ["notes", { notes: "From {period.start}} on" }],
  ["line_items.0.description", { line_items: [line("Hosting {{period.moth}}", 1, 100)] }],
  ["line_items.0.quantity", { line_items: [line("Hosting", 0, 100)] }],
  ["line_items.0.unit_price", { line_items: [line("Hosting", 1, "free")] }],
  ["line_items.0.service_id", { line_items: [line("Hosting", 1, 100, { service_id: 999 })] }],
  ["line_items.0.tax_rate", { line_items: [line("Hosting", 1, 100, { tax_rate: 101 })] }],
  ["frequency", { frequency: "daily" }],
  ["interval", { interval: 0 }],
  ["interval", { interval: 1.5 }],
  ["interval", { frequency: "yearly", interval: 101 }],
  ["interval", { frequency: "weekly", interval: 36_501 }],
  ["start_date", { start_date: "2026-02-30" }],
  ["start_date", { start_date: "9999-12-01" }],
  ["end_date", { end_date: "2026-03-02" }],
  ["end_date", { end_date: "2026-03-01" }],
  ["end_date", { end_date: "soon" }],
  ["max_occurrences", { max_occurrences: 0 }],
  ["currency", { currency: "XXQ" }],
  ["payment_terms", { payment_terms: -1 }],
  ["discount_type", { discount_value: 10 }],
  ["discount_value", { discount_type: "percentage" }],
  ["discount_value", { discount_type: "percentage", discount_value: 101 }],
  ["catch_up", { catch_up: "some" }],
  ["client_id", { client_id: 999_999 }],
  ["status", { status: "paused" }],
];

test("what is wrong is a 422 that names it, and nothing is written", async () => {
  const { expectInvalid, clientId, sql } = await startRecurring();
  for (const [field, wrong] of WRONG) {
    await expectInvalid(field, "POST", "/recurring-invoices", {
      client_id: clientId,
      title: "Retainer",
      frequency: "monthly",
      start_date: "2026-03-02",
      ...wrong,
    });
  }
  expect(await sql`select 1 from recurring_invoices`).toHaveLength(0);
});

test("an archived client gets no series", async () => {
  const { expectCall, expectInvalid, clientId } = await startRecurring();
  await expectCall(200, "PUT", `/clients/${clientId}`, {
    name: "Maple Street Bakery",
    is_archived: true,
  });
  const text = await expectInvalid("client_id", "POST", "/recurring-invoices", {
    client_id: clientId,
    title: "T",
    frequency: "monthly",
    start_date: "2026-03-02",
  });
  expect(text).toContain("archived");
});

test("a discount is a percentage or minor units, as on an invoice", async () => {
  const { series, get } = await startRecurring();
  const { id } = await series({ discount_type: "percentage", discount_value: "12.5" });
  expect(await get(id)).toMatchObject({
    discount_type: "percentage",
    discount_value: 12.5,
    discount_total: 1250,
    total: 8750,
  });
  expect(await series({ discount_type: "fixed", discount_value: 2000 })).toMatchObject({
    discount_type: "fixed",
    discount_value: 2000,
    total: 8000,
  });
});
