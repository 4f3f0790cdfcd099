import { expect, test } from "vitest";
import { recordPayment } from "../../../src/actions/record-payment.ts";
import { findCompany } from "../../../src/db/companies.ts";
import { listUsableCredits } from "../../../src/db/credits.ts";
import { startInvoicing } from "./start-invoicing.ts";

const today = "2026-03-02";

test("payments make an invoice partial, then paid", async () => {
  const { issued, expectCall, eventsOf, userId } = await startInvoicing();
  const { id } = await issued();
  const partial = await expectCall(200, "POST", `/invoices/${id}/record-payment`, {
    amount: 4000,
    payment_date: "2026-02-28T19:38:19",
    payment_method: "bank_transfer",
    reference: "RF18",
    notes: "first half",
  });
  expect(partial).toMatchObject({
    status: "partial",
    amount_paid: 4000,
    amount_due: 6000,
    paid_at: null,
    credited: 0,
    payment: {
      invoice_id: id,
      amount: 4000,
      currency: "USD",
      payment_date: "2026-02-28",
      payment_method: "bank_transfer",
      reference: "RF18",
      notes: "first half",
      recorded_by: userId,
    },
  });
  const added = await expectCall(201, "POST", `/invoices/${id}/payments`, {
    amount: 6000,
    payment_date: today,
  });
  expect(added).toMatchObject({
    amount: 6000,
    credited: 0,
    invoice: { status: "paid", amount_due: 0, paid_at: "2026-03-02T09:00:00.000000Z" },
  });
  const invoice = await expectCall(200, "GET", `/invoices/${id}`);
  expect(invoice.payments).toMatchObject([{ amount: 4000 }, { amount: 6000 }]);
  expect(await expectCall(200, "GET", `/invoices/${id}/payments`)).toEqual(invoice.payments);
  expect(await eventsOf(id)).toEqual([
    "invoice.created",
    "invoice.sent",
    "payment.received",
    "payment.received",
    "invoice.paid",
  ]);
});

test("what is paid too much becomes a credit of the client", async () => {
  const { issued, expectCall, sql, companyId, clientId } = await startInvoicing();
  const { id } = await issued();
  const paid = await expectCall(200, "POST", `/invoices/${id}/record-payment`, {
    amount: 12_500,
    payment_date: today,
  });
  expect(paid).toMatchObject({
    status: "paid",
    total: 10_000,
    amount_paid: 10_000,
    credited: 2500,
    payment: { amount: 12_500 },
  });
  expect(await listUsableCredits(sql, { companyId, clientId })).toMatchObject([
    { amount: 2500n, remaining: 2500n, currency: "USD", paymentId: paid.payment.id },
  ]);
});

test("payments at once never pay an invoice more than once", async () => {
  const { issued, call, expectCall, sql, companyId, clientId } = await startInvoicing();
  const { id } = await issued();
  const replies = await Promise.all(
    Array.from({ length: 8 }, () =>
      call("POST", `/invoices/${id}/record-payment`, { amount: 3000, payment_date: today }),
    ),
  );
  // 3 × 30.00, then 10.00 of the fourth; whoever comes later finds it paid.
  const statuses = replies.map((reply) => reply.status).toSorted((a, b) => a - b);
  expect(statuses).toEqual([200, 200, 200, 200, 409, 409, 409, 409]);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    amount_paid: 10_000,
    amount_due: 0,
    status: "paid",
    payments: [{}, {}, {}, {}],
  });
  const credits = await listUsableCredits(sql, { companyId, clientId });
  expect(credits.map((credit) => credit.amount)).toEqual([2000n]);
});

test("two transactions that pay the same invoice wait for each other", async () => {
  const { issued, sql, companyId, clock } = await startInvoicing();
  const { id } = await issued();
  const company = await findCompany(sql, companyId);
  if (company === undefined) throw new Error("no company");
  const by = { company, causerId: null, now: clock.now() };
  const pay = async () =>
    await sql.begin((tx) =>
      recordPayment(tx, by, {
        invoiceId: id,
        amount: 7000n,
        paymentDate: today,
        paymentMethod: null,
        reference: null,
        notes: null,
      }),
    );
  const results = await Promise.all([pay(), pay()]);
  const credited = results.map((result) => result.credited).toSorted((a, b) => Number(a - b));
  expect(credited).toEqual([0n, 4000n]);
  expect(results.reduce((sum, { payment }) => sum + payment.amount, 0n)).toBe(14_000n);
});

test("mark-paid writes a payment for the rest", async () => {
  const { issued, expectCall } = await startInvoicing();
  const { id } = await issued();
  await expectCall(200, "POST", `/invoices/${id}/record-payment`, {
    amount: 1,
    payment_date: today,
  });
  const paid = await expectCall(200, "POST", `/invoices/${id}/mark-paid`);
  expect(paid).toMatchObject({ status: "paid", amount_paid: 10_000, amount_due: 0 });
  const payments = await expectCall(200, "GET", `/invoices/${id}/payments`);
  expect(payments).toMatchObject([{ amount: 1 }, { amount: 9999, payment_date: today }]);
  await expectCall(409, "POST", `/invoices/${id}/mark-paid`);
});

test("a payment taken back opens the invoice again, and takes its credit with it", async () => {
  const { issued, expectCall, sql, companyId, clientId, eventsOf } = await startInvoicing();
  const { id } = await issued();
  const pay = async (amount: number) =>
    await expectCall(201, "POST", `/invoices/${id}/payments`, { amount, payment_date: today });
  await pay(4000);
  const second = await pay(9000);
  expect(second.credited).toBe(3000);

  await expectCall(204, "DELETE", `/invoices/${id}/payments/${second.id}`);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    status: "partial",
    amount_paid: 4000,
    paid_at: null,
    payments: [{ amount: 4000 }],
  });
  expect(await listUsableCredits(sql, { companyId, clientId })).toEqual([]);
  await expectCall(404, "DELETE", `/invoices/${id}/payments/${second.id}`);
  expect((await eventsOf(id)).at(-1)).toBe("payment.deleted");

  const third = await pay(7000);
  await sql`update credits set remaining = 0 where payment_id = ${third.id}`;
  await expectCall(409, "DELETE", `/invoices/${id}/payments/${third.id}`);
});

test("a draft may be paid; with the payment taken back it is a draft again", async () => {
  const { draft, expectCall } = await startInvoicing();
  const { id } = await draft();
  const { payment, status } = await expectCall(200, "POST", `/invoices/${id}/record-payment`, {
    amount: 10_000,
    payment_date: today,
  });
  expect(status).toBe("paid");
  await expectCall(204, "DELETE", `/invoices/${id}/payments/${payment.id}`);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({ status: "draft" });
});

test("paid and cancelled invoices take no payment", async () => {
  const { issued, expectCall } = await startInvoicing();
  const payment = { amount: 1, payment_date: today };
  for (const ending of ["mark-paid", "void"]) {
    const { id } = await issued();
    await expectCall(200, "POST", `/invoices/${id}/${ending}`);
    await expectCall(409, "POST", `/invoices/${id}/record-payment`, payment);
    await expectCall(409, "POST", `/invoices/${id}/payments`, payment);
    await expectCall(409, "POST", `/invoices/${id}/mark-paid`);
    const { payments } = await expectCall(200, "GET", `/invoices/${id}`);
    expect(payments).toHaveLength(ending === "mark-paid" ? 1 : 0);
  }
});

test("a wrong payment is refused by name", async () => {
  const { issued, expectInvalid, expectCall } = await startInvoicing();
  const { id } = await issued();
  const post = async (field: string, wrong: Record<string, unknown>) =>
    await expectInvalid(field, "POST", `/invoices/${id}/record-payment`, {
      amount: 100,
      payment_date: today,
      ...wrong,
    });
  await post("amount", { amount: 0 });
  await post("amount", { amount: -5 });
  await post("amount", { amount: 0.5 });
  await post("amount", { amount: "100" });
  await post("amount", { amount: 1_000_000_000 });
  await post("payment_date", { payment_date: "2026-13-01" });
  await post("payment_date", { payment_date: null });
  await post("payment_method", { payment_method: "barter" });
  await post("reference", { reference: "r".repeat(256) });
  await post("currency", { currency: "USD" });
  expect(await expectCall(200, "GET", `/invoices/${id}/payments`)).toEqual([]);
});

test("payments in bulk: what is refused is told of, the rest is recorded", async () => {
  const { issued, draft, expectCall } = await startInvoicing();
  const [open, paid, free] = [await issued(), await issued(), await draft()];
  await expectCall(200, "POST", `/invoices/${paid.id}/mark-paid`);
  const result = await expectCall(200, "POST", "/invoices/bulk-record-payment", {
    payments: [
      bulkPayment(open.id, 4000),
      bulkPayment(paid.id, 22),
      bulkPayment(999_999, 22),
      bulkPayment(open.id, 6000),
      bulkPayment(open.id, 1),
      bulkPayment(free.id, 10_000),
    ],
    send_notification: false,
  });
  expect(result).toEqual({
    recorded: 3,
    errors: [
      { index: 1, invoice_id: paid.id, code: "conflict", message: expect.stringMatching(/paid/) },
      { index: 2, invoice_id: 999_999, code: "not_found", message: "Invoice not found." },
      { index: 4, invoice_id: open.id, code: "conflict", message: expect.stringMatching(/paid/) },
    ],
  });
  expect(await expectCall(200, "GET", `/invoices/${open.id}`)).toMatchObject({
    status: "paid",
    payments: [{ amount: 4000, payment_method: "g" }, { amount: 6000 }],
  });
});

test("payments in bulk: one wrong value refuses them all; at most 100", async () => {
  const { issued, expectInvalid, expectCall } = await startInvoicing();
  const { id } = await issued();
  const good = { invoice_id: id, amount: 10, payment_date: today };
  const post = async (field: string, payments: unknown[]) =>
    await expectInvalid(field, "POST", "/invoices/bulk-record-payment", { payments });
  await post("payments", []);
  await post(
    "payments",
    Array.from({ length: 101 }, () => good),
  );
  await post("payments.1.amount", [good, { ...good, amount: 0 }]);
  await post("payments.0.payment_method", [{ ...good, payment_method: "m".repeat(101) }]);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({ payments: [] });
});

test("the same Idempotency-Key records one payment", async () => {
  const { issued, call, expectCall } = await startInvoicing();
  const { id } = await issued();
  const pay = async () =>
    await call(
      "POST",
      `/invoices/${id}/record-payment`,
      { amount: 100, payment_date: today },
      { headers: { "Idempotency-Key": "transfer-17" } },
    );
  const [first, second] = [await pay(), await pay()];
  expect(second.body).toEqual(first.body);
  expect(second.headers.get("idempotent-replayed")).toBe("true");
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({ amount_paid: 100 });
});

function bulkPayment(invoiceId: number, amount: number): Record<string, unknown> {
  return { invoice_id: invoiceId, amount, payment_date: today, payment_method: "g" };
}
