import { expect, test } from "vitest";
import { line, startInvoicing } from "../invoices/start-invoicing.ts";

test("settings show what the contract shows, and the keys of the nights", async () => {
  const { expectCall, companyId } = await startInvoicing({ name: "Harbour Studio" });
  expect(await expectCall(200, "GET", "/settings")).toMatchObject({
    id: companyId,
    name: "Harbour Studio",
    legal_name: null,
    currency: "USD",
    invoice_prefix: "INV-",
    quote_prefix: "QUO-",
    invoice_layout: "classic",
    default_payment_terms: 30,
    default_hourly_rate: null,
    default_tax_name_1: null,
    default_tax_rate_1: null,
    late_fee_type: null,
    late_fee_value: null,
    late_fee_days: null,
    timezone: "UTC",
    billing_hour: 2,
    billing_minute: 0,
    catch_up_limit: 3,
    sends_made_up_invoices: false,
    tax_rounding: "per_line",
    night_max_invoices: null,
    night_max_amount: null,
    night_max_fees: null,
  });
});

test("what is left out stays; null clears what may be empty", async () => {
  const { expectCall } = await startInvoicing();
  await expectCall(200, "PUT", "/settings", {
    legal_name: "Harbour Studio Ltd",
    default_tax_name_1: "GST",
    default_tax_rate_1: 997.5,
    night_max_invoices: 500,
    night_max_amount: 1_000_000,
    night_max_fees: 0,
  });
  const saved = await expectCall(200, "PUT", "/settings", { city: "Cork", night_max_fees: null });
  expect(saved).toMatchObject({
    legal_name: "Harbour Studio Ltd",
    city: "Cork",
    default_tax_name_1: "GST",
    default_tax_rate_1: 997.5,
    night_max_invoices: 500,
    night_max_amount: 1_000_000,
    night_max_fees: null,
  });
  expect(await expectCall(200, "GET", "/settings")).toEqual(saved);
});

test("what is wrong is a 422 that names it", async () => {
  const { expectInvalid, expectCall } = await startInvoicing();
  const before = await expectCall(200, "GET", "/settings");
  const wrong: [string, Record<string, unknown>][] = [
    ["email", { email: "nobody" }],
    ["country", { country: "QQ" }],
    ["currency", { currency: "DOL" }],
    ["timezone", { timezone: "Mars/Olympus" }],
    ["timezone", { timezone: "IST" }],
    ["billing_hour", { billing_hour: 24 }],
    ["billing_minute", { billing_minute: -1 }],
    ["catch_up_limit", { catch_up_limit: 367 }],
    ["invoice_prefix", { invoice_prefix: "12345678901" }],
    ["default_payment_terms", { default_payment_terms: 366 }],
    ["default_tax_rate_1", { default_tax_rate_1: 10_001 }],
    ["tax_rounding", { tax_rounding: "never" }],
    ["night_max_amount", { night_max_amount: -1 }],
    ["late_fee_type", { late_fee_type: "flat" }],
    ["color", { color: "red" }],
  ];
  for (const [field, body] of wrong) await expectInvalid(field, "PUT", "/settings", body);
  expect(await expectCall(200, "GET", "/settings")).toEqual(before);
});

test("another zone or billing time moves the next night", async () => {
  const { expectCall } = await startInvoicing({ timezone: "UTC" });
  const moved = await expectCall(200, "PUT", "/settings", {
    timezone: "america/new_york",
    billing_hour: 3,
    billing_minute: 30,
  });
  // 2 March 2026, 09:00 UTC is 04:00 in New York: today's 03:30 is over.
  expect(moved).toMatchObject({
    timezone: "America/New_York",
    next_night_date: "2026-03-03",
    next_night_at: "2026-03-03T08:30:00.000000Z",
  });
  const renamed = await expectCall(200, "PUT", "/settings", { name: "Renamed" });
  expect(renamed.next_night_at).toBe(moved.next_night_at);
});

test("another tax rounding prices the series anew, and no invoice", async () => {
  const { expectCall, clientId } = await startInvoicing();
  const line_items = ["One", "Two", "Three"].map((text) => line(text, 1, 5, { tax_rate: 10 }));
  const series = await expectCall(201, "POST", "/recurring-invoices", {
    client_id: clientId,
    title: "Cents",
    frequency: "monthly",
    start_date: "2026-03-02",
    line_items,
  });
  const invoice = await expectCall(201, "POST", "/invoices", { client_id: clientId, line_items });
  expect([series.tax_total, invoice.tax_total]).toEqual([3, 3]);
  await expectCall(200, "PUT", "/settings", { tax_rounding: "per_invoice" });
  expect(await expectCall(200, "GET", `/recurring-invoices/${series.id}`)).toMatchObject({
    tax_total: 2,
    total: 17,
  });
  expect(await expectCall(200, "GET", `/invoices/${invoice.id}`)).toMatchObject({ tax_total: 3 });
});

test("a member may look; only an admin may change settings, and the change is on record", async () => {
  const { call, sql, companyId, userId, clock, expectCall } = await startInvoicing();
  await expectCall(200, "PUT", "/settings", { city: "Cork" });
  expect(
    await sql`select action, details from audit_log where action = 'company.updated'`,
  ).toMatchObject([{ details: { fields: ["city"] } }]);
  await sql`
    update company_members set role = 'member' where company_id = ${companyId} and user_id = ${userId}
  `;
  clock.advanceMs(5_000);
  expect((await call("GET", "/settings")).status).toBe(200);
  expect((await call("GET", "/settings/reminders")).status).toBe(200);
  for (const [method, path] of [
    ["PUT", "/settings"],
    ["PUT", "/settings/late-fees"],
    ["POST", "/settings/reminders"],
  ] as const) {
    const body = path.endsWith("reminders") ? { reminder_number: 1, days_offset: 1 } : {};
    expect((await call(method, path, body)).status).toBe(403);
  }
});

test("a part of the settings is changed for who has seen the settings as they are", async () => {
  const { ask, token, companyId, call } = await startInvoicing();
  const headers = { "x-company-id": String(companyId) };
  const first = (await call("GET", "/settings")).headers.get("etag") ?? "";
  let seen = first;
  const bodies = {
    business: { city: "Cork" },
    invoice: { invoice_prefix: "A-" },
    locale: { timezone: "Europe/Dublin" },
  };
  for (const [part, body] of Object.entries(bodies)) {
    const change = async (tag: string) =>
      await ask("PATCH", `/api/v1/settings/${part}`, {
        token,
        body,
        headers: { ...headers, "if-match": tag },
      });
    const done = await change(seen);
    expect([part, done.status]).toEqual([part, 200]);
    expect((await change(first)).status).toBe(412);
    seen = done.headers.get("etag") ?? "";
  }
});
