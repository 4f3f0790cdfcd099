import { expect, test } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { startRecurring } from "./start-recurring.ts";

test("generate makes the next occurrence now and moves the series on", async () => {
  const { series, expectCall, get, occurrences, eventsOf, sql } = await startRecurring();
  const { id } = await series({
    start_date: "2026-05-01",
    notes: "For {{period.start}} to {{period.end}}, see {{invoice.number}}",
    line_items: [line("Hosting {{period.month}} {{period.year}}", 2, 1000, { tax_rate: 10 })],
    discount_type: "fixed",
    discount_value: 500,
    payment_terms: 14,
  });
  const invoice = await expectCall(201, "POST", `/recurring-invoices/${id}/generate`);
  expect(invoice).toMatchObject({
    recurring_invoice_id: id,
    invoice_number: "INV-00001",
    status: "draft",
    issue_date: "2026-03-02",
    due_date: "2026-03-16",
    period_start: "2026-05-01",
    period_end: "2026-05-31",
    notes: "For 2026-05-01 to 2026-05-31, see INV-00001",
    subtotal: 2000,
    discount_type: "fixed",
    discount_value: 500,
    discount_total: 500,
    tax_total: 150,
    total: 1650,
    sent_at: null,
  });
  expect(invoice.line_items).toMatchObject([
    { description: "Hosting May 2026", quantity: 2, amount: 2000, discount_amount: 500 },
  ]);
  expect(await get(id)).toMatchObject({
    next_generate_date: "2026-06-01",
    occurrences_generated: 1,
    last_generated_at: "2026-03-02T09:00:00.000000Z",
    invoices: [{ id: invoice.id }],
    client: { name: "Maple Street Bakery" },
  });
  expect(await occurrences(id)).toMatchObject([
    { period_start: "2026-05-01", outcome: "generated", invoice_id: invoice.id },
  ]);
  expect(await eventsOf(invoice.id)).toEqual(["invoice.created"]);
  const causers = await sql`
    select distinct causer_id from events where type in ('invoice.created', 'recurring-invoice.generated')
  `;
  expect(causers).toHaveLength(1);
  expect(causers[0]?.["causerId"]).not.toBeNull();
});

test("generate answers 422 at the maximum and after the end", async () => {
  const { series, expectCall, expectInvalid, get } = await startRecurring();
  const { id } = await series({ max_occurrences: 2 });
  const path = `/recurring-invoices/${id}/generate`;
  await expectCall(201, "POST", path);
  await expectCall(201, "POST", path);
  expect(await get(id)).toMatchObject({ status: "completed", next_generate_date: null });
  await expectInvalid("max_occurrences", "POST", path);

  const ending = await series({ end_date: "2026-03-31" });
  await expectCall(201, "POST", `/recurring-invoices/${ending.id}/generate`);
  await expectInvalid("end_date", "POST", `/recurring-invoices/${ending.id}/generate`);
});

test("generate works on a paused series, and not on an archived or parked one", async () => {
  const { series, expectCall, call, sql, get } = await startRecurring();
  const { id } = await series();
  const path = `/recurring-invoices/${id}`;
  await expectCall(200, "POST", `${path}/pause`);
  await expectCall(201, "POST", `${path}/generate`);
  expect(await get(id)).toMatchObject({ status: "paused", next_generate_date: "2026-04-02" });
  await expectCall(204, "POST", `${path}/archive`);
  expect((await call("POST", `${path}/generate`)).status).toBe(409);
  await expectCall(204, "POST", `${path}/unarchive`);
  await sql`
    update recurring_invoices set parked_at = now(), parked_code = 'x', parked_reason = 'a reason'
    where id = ${id}
  `;
  const parked = await call("POST", `${path}/generate`);
  expect([parked.status, parked.body.code]).toEqual([409, "series_parked"]);
  expect(parked.body.message).toContain("a reason");
});

test("generate needs something to bill and somebody to bill it to", async () => {
  const { series, expectCall, expectInvalid, clientId, sql } = await startRecurring();
  const empty = await series({ line_items: [] });
  await expectInvalid("line_items", "POST", `/recurring-invoices/${empty.id}/generate`);
  const { id } = await series();
  await expectCall(200, "PUT", `/clients/${clientId}`, { name: "Gone", is_archived: true });
  await expectInvalid("client_id", "POST", `/recurring-invoices/${id}/generate`);
  expect(await sql`select 1 from invoices`).toHaveLength(0);
  expect(await sql`select 1 from counters where next_value > 1`).toHaveLength(0);
});

test("eight at once make eight periods and eight numbers, never one twice", async () => {
  const { series, call, occurrences, get } = await startRecurring();
  const { id } = await series();
  const replies = await Promise.all(
    Array.from({ length: 8 }, async () => await call("POST", `/recurring-invoices/${id}/generate`)),
  );
  expect(replies.map((reply) => reply.status)).toEqual(Array.from({ length: 8 }, () => 201));
  const numbers = replies.map((reply) => String(reply.body.data.invoice_number)).toSorted();
  expect(numbers).toEqual(Array.from({ length: 8 }, (_, index) => `INV-0000${index + 1}`));
  const periods = (await occurrences(id)).map((one) => one.period_start);
  expect(new Set(periods).size).toBe(8);
  expect(await get(id)).toMatchObject({ next_generate_date: "2026-11-02" });
});

test("generate beside the night: the night takes the next period, or none", async () => {
  const { series, call, generate, occurrences, get } = await startRecurring();
  const { id } = await series();
  const [reply] = await Promise.all([
    call("POST", `/recurring-invoices/${id}/generate`),
    generate("2026-03-02"),
  ]);
  expect(reply?.status).toBe(201);
  const made = await occurrences(id);
  const periods = made.map((one) => one.period_start);
  expect(new Set(periods).size).toBe(periods.length);
  expect(await get(id)).toMatchObject({ occurrences_generated: periods.length });
});

test("with auto_send its mail is asked for in the same transaction", async () => {
  const { series, expectCall, eventsOf, sql } = await startRecurring();
  const { id } = await series({ auto_send: true });
  const invoice = await expectCall(201, "POST", `/recurring-invoices/${id}/generate`);
  expect(invoice).toMatchObject({ status: "draft", sent_at: null });
  expect(await eventsOf(invoice.id)).toEqual(["invoice.created", "invoice.send-requested"]);
  expect(await sql`select recipient, status from deliveries`).toMatchObject([
    { recipient: "books@maple.example", status: "queued" },
  ]);
});

test("with auto_send and nobody to write to, the invoice is there and a person is told", async () => {
  const { series, expectCall, sql } = await startRecurring();
  const client = await expectCall(201, "POST", "/clients", { name: "No Mail Ltd" });
  const { id } = await series({ auto_send: true, client_id: client.id });
  const invoice = await expectCall(201, "POST", `/recurring-invoices/${id}/generate`);
  expect(invoice.status).toBe("draft");
  expect(await sql`select status from deliveries`).toMatchObject([{ status: "blocked" }]);
  expect(await sql`select kind from attention_items`).toMatchObject([
    { kind: "invoice.no-recipient" },
  ]);
});

test("an invoice over nothing is finalised as paid, without a mail", async () => {
  const { series, expectCall, sql } = await startRecurring();
  const { id } = await series({ auto_send: true, line_items: [line("Free month", 1, 0)] });
  const invoice = await expectCall(201, "POST", `/recurring-invoices/${id}/generate`);
  expect(invoice).toMatchObject({ status: "paid", total: 0, amount_due: 0 });
  expect(await sql`select 1 from deliveries`).toHaveLength(0);
});

test("the same Idempotency-Key generates once", async () => {
  const { series, call, occurrences } = await startRecurring();
  const { id } = await series();
  const options = { headers: { "Idempotency-Key": "march" } };
  const path = `/recurring-invoices/${id}/generate`;
  const first = await call("POST", path, undefined, options);
  const second = await call("POST", path, undefined, options);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.headers.get("idempotent-replayed")).toBe("true");
  expect(second.body.data.id).toBe(first.body.data.id);
  expect(await occurrences(id)).toHaveLength(1);
});

test("issue dates are the company's, not the server's", async () => {
  const { series, expectCall, clock } = await startRecurring({ timezone: "Pacific/Auckland" });
  clock.set("2026-02-28T11:30:00Z");
  const { id } = await series({ start_date: "2026-03-01" });
  const invoice = await expectCall(201, "POST", `/recurring-invoices/${id}/generate`);
  expect(invoice).toMatchObject({ issue_date: "2026-03-01", period_start: "2026-03-01" });
});
