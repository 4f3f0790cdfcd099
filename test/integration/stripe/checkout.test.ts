import { expect, test } from "vitest";
import { line } from "../invoices/start-invoicing.ts";
import { startPaying } from "./start-paying.ts";

const unavailable = { message: "Payment service unavailable. Please try again later." };

test("a client is led to one page for what an invoice lacks, whatever becomes of Stripe's answers", async () => {
  const { issued, checkout, books, sandbox, ask, expectCall } = await startPaying(
    {},
    { isChecked: true },
  );
  const { id, uuid, invoice_number: number } = await issued();
  const seen = async () => (await ask("GET", `/api/v1/portal/invoices/${uuid}`)).body;
  expect((await seen()).payment_available).toBe(true);

  // Made over there, and nobody hears of it; then Stripe is down.
  const match = { method: "POST", path: "/v1/checkout/sessions" };
  sandbox.fault({ match, fault: { kind: "drop", after: true } });
  sandbox.fault({ match, fault: { kind: "status", status: 503 } });
  sandbox.fault({ match, fault: { kind: "rate-limit", retryAfter: "1" } });
  for (let times = 0; times < 3; times += 1) {
    expect(await checkout(uuid)).toMatchObject({ status: 502, body: unavailable });
  }
  const first = await checkout(uuid);
  expect(first).toMatchObject({ status: 200, body: { data: { checkout_url: expect.anything() } } });
  expect((await checkout(uuid)).body).toEqual(first.body);
  expect(books().sessions).toHaveLength(1);
  const asked = sandbox
    .requests()
    .filter(({ method, path }) => method + path === `POST${match.path}`);
  expect(new Set(asked.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  expect(asked[0]?.headers).toMatchObject({
    "idempotency-key": expect.stringMatching(/^nightledger-pay-[\da-f]{64}$/),
    "stripe-account": "acct_sandbox",
  });
  expect(books().sessions[0]).toMatchObject({
    client_reference_id: uuid,
    amount_total: 10_000,
    currency: "usd",
    success_url: `https://app.test/portal/invoices/${uuid}?payment=success`,
    cancel_url: `https://app.test/portal/invoices/${uuid}?payment=cancelled`,
    metadata: { nightledger_invoice: uuid },
  });

  // A part came in by bank: the page asks for too much, and is closed before another one is opened.
  const part = { amount: 2_500, payment_date: "2026-03-02" };
  await expectCall(200, "POST", `/invoices/${id}/record-payment`, part);
  const second = await checkout(uuid);
  expect(second.body).not.toEqual(first.body);
  expect(books().sessions).toMatchObject([
    { status: "expired" },
    { status: "open", amount_total: 7_500 },
  ]);
  expect(number).toBe("INV-00001");

  // Somebody has paid on it; nobody pays twice while that is on its way.
  await fetch(second.body.data.checkout_url, { redirect: "manual" });
  for (let times = 0; times < 2; times += 1) {
    expect(await checkout(uuid)).toMatchObject({
      status: 422,
      body: { code: "payment_in_progress" },
    });
  }
  // Paid on a page that is to be closed, for it asks for something else now: found in time, too.
  const other = await issued();
  const page = await checkout(other.uuid);
  await fetch(page.body.data.checkout_url, { redirect: "manual" });
  await expectCall(200, "POST", `/invoices/${other.id}/record-payment`, part);
  expect((await checkout(other.uuid)).body.code).toBe("payment_in_progress");
  expect(sandbox.problems()).toEqual([]);
});

test("a page that is over leads to another one; two clicks at once to the same", async () => {
  const { issued, checkout, books, sandbox, clock } = await startPaying();
  const { uuid } = await issued();
  const pages = await Promise.all([1, 2, 3].map(async () => await checkout(uuid)));
  expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(pages.map(({ text }) => text)).size).toBe(1);
  // It would close under the client's hands.
  const nearly = 24 * 3_600_000 - 60_000;
  clock.advanceMs(nearly);
  sandbox.clock.advanceMs(nearly);
  const next = await checkout(uuid);
  expect(next.text).not.toBe(pages[0]?.text);
  expect(books().sessions).toMatchObject([{ status: "expired" }, { status: "open" }]);
  // Long over at Stripe, and its key forgotten.
  clock.advanceMs(2 * nearly);
  sandbox.clock.advanceMs(2 * nearly);
  expect((await checkout(uuid)).status).toBe(200);
  expect(books().sessions.map(({ status }) => status)).toEqual(["expired", "expired", "open"]);

  // The first request with the key is under way, then it has broken down for good: Stripe keeps that.
  const other = await issued();
  const dashboard = async (path: string, body: unknown = {}) =>
    await fetch(`${sandbox.url}/dashboard/keys/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
  await dashboard("hold", { path: "/v1/checkout/sessions" });
  await dashboard("break", { path: "/v1/checkout/sessions" });
  const waiting = checkout(other.uuid);
  await expect
    .poll(() => sandbox.requests().at(-1)?.path, { interval: 10 })
    .toBe("/v1/checkout/sessions");
  expect(await checkout(other.uuid)).toMatchObject({ status: 502, body: unavailable });
  await dashboard("release");
  expect((await waiting).status).toBe(502);
  expect((await checkout(other.uuid)).status).toBe(502);
  clock.advanceMs(10 * 60_000);
  expect((await checkout(other.uuid)).status).toBe(200);
  expect(sandbox.problems()).toEqual([]);
});

test("what came in while Stripe made the page is not asked for on it", async () => {
  const { issued, checkout, books, sandbox, dashboard, expectCall } = await startPaying();
  const { id, uuid } = await issued();
  const path = "/v1/checkout/sessions";
  await dashboard("keys/hold", { path });
  const waiting = checkout(uuid);
  await expect.poll(() => sandbox.requests().at(-1)?.path, { interval: 10 }).toBe(path);
  const part = { amount: 2_500, payment_date: "2026-03-02" };
  await expectCall(200, "POST", `/invoices/${id}/record-payment`, part);
  await dashboard("keys/release");
  const answer = await waiting;
  expect(books().sessions).toMatchObject([
    { status: "expired" },
    { status: "open", amount_total: 7_500 },
  ]);
  expect((await checkout(uuid)).text).toBe(answer.text);
  expect(sandbox.problems()).toEqual([]);
});

test("each currency in the units Stripe counts it in; what Stripe does not charge goes to the bank", async () => {
  const { issued, checkout, books, expectCall, ask } = await startPaying();
  const bill = async (currency: string, price: number) =>
    await issued({ currency, line_items: [line("Consulting", 1, price)] });
  await expectCall(201, "POST", "/settings/bank-accounts", { name: "Main", details: "IBAN" });
  for (const [currency, minor, amount] of [
    ["JPY", 1_333, 1_333],
    ["KWD", 10_010, 10_010],
    ["UGX", 7_000, 700_000],
    ["EUR", 1_999, 1_999],
  ] as const) {
    const { uuid } = await bill(currency, minor);
    expect((await checkout(uuid)).body.data.checkout_url).toMatch(/^http/);
    expect(books().sessions.at(-1)).toMatchObject({
      currency: currency.toLowerCase(),
      amount_total: amount,
    });
  }
  for (const [currency, minor] of [
    ["KWD", 10_001],
    ["USD", 49],
  ] as const) {
    const { uuid } = await bill(currency, minor);
    expect((await checkout(uuid)).body.data).toMatchObject({
      payment_method: "bank_details",
      amount: minor,
    });
  }
  const odd = await bill("KWD", 10_001);
  const seen = await ask("GET", `/api/v1/portal/invoices/${odd.uuid}`);
  expect(seen.body.payment_available).toBe(false);
});

test("what is not payable is refused, and an account that let us in no more is as none", async () => {
  const { draft, issued, checkout, sandbox, expectCall, books, sql, call } = await startPaying();
  const drafted = await draft();
  expect((await checkout(drafted.uuid)).status).toBe(404);
  const [voided, paid] = [await issued(), await issued()];
  await expectCall(200, "POST", `/invoices/${voided.id}/void`);
  await expectCall(200, "POST", `/invoices/${paid.id}/mark-paid`);
  for (const { uuid } of [voided, paid]) {
    expect(await checkout(uuid)).toMatchObject({
      status: 422,
      body: { message: "Invoice is not payable.", code: "not_payable" },
    });
  }
  const { uuid } = await issued();
  // The account may not charge yet.
  await sql`update connections set settings = settings || '{"charges_enabled": false}'`;
  expect((await checkout(uuid)).body.code).toBe("no_payment_method");
  await sql`update connections set settings = settings || '{"charges_enabled": true}'`;
  expect(books().sessions).toEqual([]);

  sandbox.oauth.revokeAll();
  expect((await checkout(uuid)).body.code).toBe("no_payment_method");
  await expectCall(201, "POST", "/settings/bank-accounts", { name: "Main", details: "IBAN" });
  expect((await checkout(uuid)).body.data).toMatchObject({ payment_method: "bank_details" });
  // The company is told.
  const { body } = await call("GET", "/attention-items");
  expect(body.data).toMatchObject([{ kind: "connection.needs-reauth" }]);
});
