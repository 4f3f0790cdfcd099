import { expect, test } from "vitest";
import { sumInvoicePayments } from "../../../src/db/payments.ts";
import { runNight } from "../../../src/jobs/billing/night.ts";
import {
  joinInvoicing,
  line,
  startInvoicing,
  type Invoicing,
} from "../invoices/start-invoicing.ts";
import { findFaults } from "./find-faults.ts";

const today = "2026-03-02";

/** Records money for an invoice; returns the payment. */
async function pay({ expectCall }: Invoicing, invoiceId: number, amount: number) {
  return await expectCall(201, "POST", "/payments", {
    invoice_id: invoiceId,
    amount,
    payment_date: today,
  });
}

test("a refund takes first what was too much, then opens the invoice again", async () => {
  const api = await startInvoicing();
  const { issued, expectCall, call, eventsOf, sql, userId, clientId } = api;
  const { id } = await issued();
  const payment = await pay(api, id, 12_500);
  expect(payment).toMatchObject({ credited: 2500, invoice: { id, status: "paid" } });
  const refund = async (body: unknown) =>
    await expectCall(201, "POST", `/payments/${payment.id}/refund`, body);

  const received = async () =>
    await sumInvoicePayments(sql, { companyId: api.companyId, invoiceId: id });
  expect(await received()).toBe(10_000n);

  const first = await refund({
    amount: 1000,
    refund_date: "2026-03-03",
    reference: "RF1",
    reason: "Paid too much",
  });
  expect(first).toMatchObject({
    payment_id: payment.id,
    amount: 1000,
    credit_amount: 1000,
    currency: "USD",
    refund_date: "2026-03-03",
    reference: "RF1",
    reason: "Paid too much",
    refunded_by: userId,
    payment: { amount: 12_500, amount_refunded: 1000 },
    invoice: { status: "paid", amount_paid: 10_000 },
  });
  const balance = async () =>
    (await expectCall(200, "GET", `/clients/${clientId}/credits`)).available_balance;
  expect(await balance()).toBe(1500);
  // What the invoice keeps is what paid it, wherever the rest went.
  expect(await received()).toBe(10_000n);
  expect(await refund({ amount: 4000 })).toMatchObject({
    credit_amount: 1500,
    refund_date: today,
    invoice: { status: "partial", amount_paid: 7500, amount_due: 2500, paid_at: null },
  });
  expect([await balance(), await received()]).toEqual([0, 7500n]);
  // All that is left.
  expect(await refund({})).toMatchObject({
    amount: 7500,
    credit_amount: 0,
    payment: { amount_refunded: 12_500 },
    invoice: { status: "sent", amount_paid: 0, amount_due: 10_000 },
  });
  const spent = await call("POST", `/payments/${payment.id}/refund`, {});
  expect([spent.status, spent.body.code]).toEqual([409, "nothing_to_refund"]);
  expect(await expectCall(200, "GET", `/payments/${payment.id}`)).toMatchObject({
    refundable: 0,
    refunds: [{ amount: 1000 }, { amount: 4000 }, { amount: 7500 }],
    invoice: { id, invoice_number: "INV-00001", status: "sent" },
  });
  expect((await eventsOf(id)).slice(2)).toEqual([
    "payment.received",
    "invoice.paid",
    "payment.refunded",
    "payment.refunded",
    "payment.refunded",
  ]);
  const kept = await call("DELETE", `/invoices/${id}/payments/${payment.id}`);
  expect([kept.status, kept.body.code]).toEqual([409, "payment_refunded"]);
  // It is owed again, and can be paid again.
  expect(await pay(api, id, 10_000)).toMatchObject({ invoice: { status: "paid" } });
  expect(await findFaults(sql)).toEqual([]);
});

test("what was overdue is overdue again when its payment is given back or deleted; a later due date is not", async () => {
  const api = await startInvoicing();
  const { issued, expectCall, eventsOf, sql, companyId, clock } = api;
  const late = { issue_date: "2026-01-01", due_date: "2026-01-31" };
  const [full, part, deleted, moved, never] = [
    await issued(late),
    await issued(late),
    await issued(late),
    await issued(late),
    await issued({ issue_date: "2026-01-01", due_date: today }),
  ];
  const deps = { sql, clock, signal: new AbortController().signal };
  await runNight(deps, { companyId, businessDate: today });
  const invoiceOf = async ({ id }: { id: number }) =>
    await expectCall(200, "GET", `/invoices/${id}`);
  expect(await invoiceOf(full)).toMatchObject({ status: "overdue" });
  const refund = async ({ id }: { id: number }, body: unknown) => {
    const payment = await pay(api, id, 10_000);
    return (await expectCall(201, "POST", `/payments/${payment.id}/refund`, body)).invoice;
  };

  expect(await refund(full, {})).toMatchObject({ status: "overdue", amount_paid: 0 });
  expect(await refund(part, { amount: 4000 })).toMatchObject({ status: "overdue" });
  const payment = await pay(api, deleted.id, 10_000);
  await expectCall(204, "DELETE", `/invoices/${deleted.id}/payments/${payment.id}`);
  expect(await invoiceOf(deleted)).toMatchObject({ status: "overdue", amount_due: 10_000 });
  await expectCall(200, "PUT", `/invoices/${moved.id}`, { due_date: "2026-03-09" });
  expect(await refund(moved, {})).toMatchObject({ status: "sent" });

  // What was paid in time is found by the night, which tells of it.
  clock.set("2026-03-09T12:00:00Z");
  expect(await refund(never, {})).toMatchObject({ status: "sent" });
  expect(await eventsOf(never.id)).not.toContain("invoice.overdue");
  await runNight(deps, { companyId, businessDate: "2026-03-09" });
  expect(await invoiceOf(never)).toMatchObject({ status: "overdue" });
  expect((await eventsOf(full.id)).filter((type) => type === "invoice.overdue")).toHaveLength(1);
});

test("a credit that was used is not given back a second time", async () => {
  const api = await startInvoicing();
  const { issued, expectCall, expectInvalid, sql } = api;
  const [paid, other] = [await issued(), await issued()];
  const payment = await pay(api, paid.id, 12_500);
  const [credit] = await sql`select id from credits`;
  const apply = { invoice_id: other.id, amount: 2000 };
  await expectCall(200, "POST", `/credits/${credit?.["id"]}/apply`, apply);

  const path = `/payments/${payment.id}/refund`;
  expect(await expectCall(200, "GET", `/payments/${payment.id}`)).toMatchObject({
    refundable: 10_500,
  });
  expect(await expectInvalid("amount", "POST", path, { amount: 10_501 })).toMatch(/Only 10500/);
  expect(await expectCall(201, "POST", path, {})).toMatchObject({
    amount: 10_500,
    credit_amount: 500,
    invoice: { amount_paid: 0, status: "sent" },
  });
  expect(await expectCall(200, "GET", `/invoices/${other.id}`)).toMatchObject({
    amount_paid: 2000,
    status: "partial",
  });
  await expectCall(409, "POST", path, {});
  expect(await findFaults(sql)).toEqual([]);
});

test("payments of a voided invoice are given back out of the credit it left", async () => {
  const api = await startInvoicing();
  const { issued, expectCall, expectInvalid, call, sql } = api;
  const [voided, other] = [await issued(), await issued()];
  const first = await pay(api, voided.id, 4000);
  const second = await pay(api, voided.id, 3000);
  await expectCall(200, "POST", `/invoices/${voided.id}/void`);
  const [credit] = await sql`select id, amount from credits`;
  expect(credit?.["amount"]).toBe(7000n);
  const apply = { invoice_id: other.id, amount: 1000 };
  await expectCall(200, "POST", `/credits/${credit?.["id"]}/apply`, apply);

  expect(await expectCall(201, "POST", `/payments/${first.id}/refund`, {})).toMatchObject({
    amount: 4000,
    invoice: { status: "cancelled", amount_paid: 3000 },
  });
  // The money stays known when nobody sees the invoice any more.
  await expectCall(204, "DELETE", `/invoices/${voided.id}`);
  expect(await expectCall(200, "GET", `/payments/${second.id}`)).toMatchObject({
    refundable: 2000,
  });
  const path = `/payments/${second.id}/refund`;
  await expectInvalid("amount", "POST", path, { amount: 3000 });
  await expectCall(201, "POST", path, { amount: 2000 });
  await expectCall(409, "POST", path, {});
  expect(await expectCall(200, "GET", `/credits/${credit?.["id"]}`)).toMatchObject({ balance: 0 });
  const log = await call("GET", `/activity-log?subject_type=credit&subject_id=${credit?.["id"]}`);
  expect(log.body.data[0]).toMatchObject({ event: "refunded", properties: { refunded: 2000 } });
  expect(await findFaults(sql)).toEqual([]);
});

test("refunds at once, and payments beside them, never give back or take too much", async () => {
  const api = await startInvoicing();
  const { issued, call, sql } = api;
  const { id } = await issued();
  const payment = await pay(api, id, 10_000);
  const refunds = await Promise.all(
    Array.from({ length: 6 }, () =>
      call("POST", `/payments/${payment.id}/refund`, { amount: 4000 }),
    ),
  );
  // 2 × 40.00; whoever comes later finds 20.00 left.
  const statuses = refunds.map(({ status }) => status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([201, 201, 422, 422, 422, 422]);
  expect(await findFaults(sql)).toEqual([]);

  const other = await issued();
  const large = await pay(api, id, 9000);
  const [credit] = await sql`select id from credits`;
  const money = { amount: 3500, payment_date: today };
  const mixed = await Promise.all(
    [1, 2, 3].flatMap(() => [
      call("POST", `/payments/${large.id}/refund`, { amount: 1500 }),
      call("POST", `/invoices/${id}/payments`, money),
      call("POST", `/credits/${credit?.["id"]}/apply`, { invoice_id: other.id, amount: 400 }),
      call("POST", `/payments/${payment.id}/refund`, {}),
    ]),
  );
  for (const { status } of mixed) expect([200, 201, 409, 422]).toContain(status);
  expect(mixed.filter(({ status }) => status === 201).length).toBeGreaterThan(3);
  expect(await findFaults(sql)).toEqual([]);
});

test("refunds come out to the last unit in every currency", async () => {
  const api = await startInvoicing();
  const { issued, expectCall, sql } = api;
  for (const currency of ["USD", "JPY", "KWD", "CLF"]) {
    const { id, total } = await issued({ currency, line_items: [line("Work", 3, "333.333333")] });
    expect(total).toBe(1000);
    const payment = await pay(api, id, 1007);
    for (const amount of [1, 333, 7, 665]) {
      await expectCall(201, "POST", `/payments/${payment.id}/refund`, { amount });
    }
    expect(await expectCall(201, "POST", `/payments/${payment.id}/refund`, {})).toMatchObject({
      amount: 1,
      currency,
      payment: { amount_refunded: 1007 },
      invoice: { amount_paid: 0, amount_due: 1000 },
    });
  }
  const { id } = await issued({ line_items: [line("All there is", 1, "999999999999999")] });
  const payment = await pay(api, id, 999_999_999_999_999);
  expect(await expectCall(201, "POST", `/payments/${payment.id}/refund`, {})).toMatchObject({
    amount: 999_999_999_999_999,
    invoice: { amount_due: 999_999_999_999_999 },
  });
  expect(await findFaults(sql)).toEqual([]);
});

test("a draft that was paid and given its money back is a draft again", async () => {
  const api = await startInvoicing();
  const { draft, expectCall } = api;
  const { id } = await draft();
  const payment = await pay(api, id, 10_000);
  expect(
    await expectCall(201, "POST", `/payments/${payment.id}/refund`, { amount: 1 }),
  ).toMatchObject({ invoice: { status: "partial" } });
  expect(await expectCall(201, "POST", `/payments/${payment.id}/refund`, {})).toMatchObject({
    invoice: { status: "draft", amount_paid: 0 },
  });
});

test("a wrong refund or payment is refused by name, a foreign one is not there, a repeated one is one", async () => {
  const api = await startInvoicing();
  const { issued, expectInvalid, expectCall, call, sql } = api;
  const { id } = await issued();
  const payment = await pay(api, id, 10_000);
  const path = `/payments/${payment.id}/refund`;
  await expectInvalid("amount", "POST", path, { amount: 0 });
  await expectInvalid("amount", "POST", path, { amount: 1.5 });
  await expectInvalid("amount", "POST", path, { amount: 10_001 });
  await expectInvalid("refund_date", "POST", path, { refund_date: "2026-02-30" });
  await expectInvalid("refund_date", "POST", path, { refund_date: "2026-03-01" });
  await expectInvalid("reason", "POST", path, { reason: "r".repeat(2001) });
  await expectInvalid("reference", "POST", path, { reference: "r".repeat(256) });
  await expectInvalid("currency", "POST", path, { currency: "USD" });
  const post = { invoice_id: id, amount: 1, payment_date: today };
  await expectInvalid("invoice_id", "POST", "/payments", { ...post, invoice_id: undefined });
  await expectInvalid("invoice_id", "POST", "/payments", { ...post, invoice_id: 999_999 });
  await expectInvalid("amount", "POST", "/payments", { ...post, amount: -1 });
  await expectCall(409, "POST", "/payments", post);

  const stranger = await joinInvoicing(api);
  expect((await stranger.call("GET", `/payments/${payment.id}`)).status).toBe(404);
  expect((await stranger.call("POST", path, {})).status).toBe(404);
  expect((await stranger.call("GET", "/payments")).body.data).toEqual([]);
  await stranger.expectInvalid("invoice_id", "POST", "/payments", post);

  const once = { headers: { "Idempotency-Key": "give-back-17" } };
  const [one, two] = [
    await call("POST", path, { amount: 100 }, once),
    await call("POST", path, { amount: 100 }, once),
  ];
  expect(two.body).toEqual(one.body);
  expect(two.headers.get("idempotent-replayed")).toBe("true");
  expect(await sql`select amount from payment_refunds`).toEqual([{ amount: 100n }]);
});
