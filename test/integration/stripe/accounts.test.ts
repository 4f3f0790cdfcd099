import { expect, test } from "vitest";
import { holdRetries } from "../../support/retries.ts";
import { findFaults } from "../payments/find-faults.ts";
import { account, connect, itemsOf, startPaying, type Paying } from "./start-paying.ts";

test("an account that changes, or lets us in no more, is looked at when Stripe says so", async () => {
  const paying = await startPaying();
  const { issued, pay, checkout, deliver, settled, expectCall, dashboard, sql } = paying;
  const { books, clock, sandbox } = paying;
  const { scheduler } = await paying.work();
  // Another company of theirs takes its money there, too.
  const second = await expectCall(201, "POST", "/companies", { name: "Second" });
  await connect(paying, second.id);
  const [open, paid] = [await issued(), await issued()];
  const mayPay = async () => (await checkout(open.uuid)).status;
  expect(await mayPay()).toBe(200);
  await dashboard(`accounts/${account}`, { charges_enabled: false });
  await deliver();
  await settled();
  expect(await expectCall(200, "GET", "/settings/stripe/status")).toMatchObject({
    connected: true,
    charges_enabled: false,
  });
  expect(await mayPay()).toBe(422);
  await dashboard(`accounts/${account}`, {});
  await deliver();
  await settled();
  expect(await mayPay()).toBe(200);

  const quiet = await issued();
  await checkout(quiet.uuid);
  const page = books().sessions.at(-1).url;

  // Withdrawn at Stripe: it says so, and nobody here has asked.
  await pay(paid.uuid);
  await dashboard(`accounts/${account}/deauthorize`);
  await deliver({ order: "reversed", times: 2 });
  const held = async () =>
    await sql`select from job_runs where job = 'stripe.handle-event' and status = 'held'`;
  await expect.poll(async () => (await held()).length).toBe(6);
  const statuses = async () => {
    const rows = await sql<{ status: string }[]>`select status from connections order by id`;
    return rows.map(({ status }) => status);
  };
  await expect.poll(statuses).toEqual(["needs_reauth", "needs_reauth"]);
  expect(await itemsOf(paying)).toMatchObject([["connection.needs-reauth", expect.anything()]]);
  expect(await mayPay()).toBe(422);

  // Let in again through one company, pages of the other are looked at through it.
  await connect(paying, second.id);
  await fetch(page, { redirect: "manual" });
  for (const each of [clock, sandbox.clock]) each.advanceMs(16 * 60_000);
  await scheduler.tick();
  await settled();
  expect(await expectCall(200, "GET", `/invoices/${quiet.id}`)).toMatchObject({ status: "paid" });
  expect(await statuses()).toEqual(["needs_reauth", "connected"]);
  await connect(paying);
  await settled();
  expect(await expectCall(200, "GET", `/invoices/${paid.id}`)).toMatchObject({ status: "paid" });
  expect(await itemsOf(paying)).toEqual([]);
  // Late news of the end that was: it lets us in again.
  await deliver({ all: true, again: true, types: ["account.application.deauthorized"] });
  await settled();
  expect(await statuses()).toEqual(["connected", "connected"]);
  expect(await mayPay()).toBe(200);
  expect(await sql`select id from stripe_events where status = 'received'`).toEqual([]);
});

/** An invoice over 100.00 that was paid at Stripe. */
async function paidAtStripe(paying: Paying, method?: "sepa_debit") {
  const { issued, pay, deliver, settled, dashboard, expectCall, books } = paying;
  const { id, uuid } = await issued();
  await pay(uuid, method);
  const intent = String(books().paymentIntents.at(-1).id);
  if (method !== undefined) {
    await dashboard(`payments/${intent}/settle`, { account, status: "succeeded" });
  }
  await deliver();
  await settled();
  const [payment] = await expectCall(200, "GET", `/invoices/${id}/payments`);
  return { id, uuid, intent, paymentId: Number(payment.id) };
}

const refunds = { method: "POST", path: "/v1/refunds" };

test("a refund goes on wherever its invoice is by now, through the account that took the money", async () => {
  const paying = await startPaying();
  const { call, expectCall, issued, checkout, deliver, settled, dashboard, sql } = paying;
  const { books, sandbox, clock, ask, token } = paying;
  const { scheduler } = await paying.work();
  const moving = await paidAtStripe(paying);
  const path = `/payments/${moving.paymentId}/refund`;
  const second = await expectCall(201, "POST", "/companies", { name: "Second" });
  const headers = { "x-company-id": String(second.id) };
  const there = async (method: string, at: string, body?: unknown) =>
    await ask(method, `/api/v1${at}`, { token, body, headers });
  const invoice = async () => (await there("GET", `/invoices/${moving.id}`)).body.data;
  const here = { headers: { "x-company-id": String(paying.companyId) } };
  const move = async (id: number) => {
    const body = { target_company_id: second.id };
    const moved = await call("POST", `/invoices/${id}/move`, body, here);
    expect({ status: moved.status, text: moved.text }).toMatchObject({ status: 200 });
  };

  // Asked for here, and not made yet when it goes.
  sandbox.fault({ match: refunds, fault: { kind: "status", status: 503 }, times: 1_000 });
  expect((await call("POST", path, { amount: 2_500 }, here)).status).toBe(202);
  await holdRetries(sql);
  await move(moving.id);
  sandbox.clearFaults();
  await settled();
  expect(books().refunds).toMatchObject([{ amount: 2_500, payment_intent: moving.intent }]);
  expect(await invoice()).toMatchObject({ status: "partial", amount_paid: 7_500 });

  // Where it is now, nobody has that account.
  expect(await there("POST", path, { amount: 1_000 })).toMatchObject({
    status: 409,
    body: { code: "account_not_connected" },
  });
  // It fails after all: the money is back where the invoice is.
  await dashboard(`refunds/${books().refunds[0].id}`, { account, status: "failed" });
  await deliver();
  await settled();
  expect(await invoice()).toMatchObject({ status: "paid", amount_paid: 10_000 });
  const items = (await there("GET", "/attention-items")).body.data;
  expect(items).toMatchObject([{ kind: "stripe.refund-failed", subject_id: moving.id }]);

  // A page that goes with its invoice is found to be paid, should no webhook tell of it.
  const [pageOnly, byHand] = [await issued(), await issued()];
  for (const { uuid } of [pageOnly, byHand]) expect((await checkout(uuid)).status).toBe(200);
  for (const { id } of [pageOnly, byHand]) await move(id);
  await fetch(books().sessions.at(-2).url, { redirect: "manual" });
  for (const each of [clock, sandbox.clock]) each.advanceMs(16 * 60_000);
  await scheduler.tick();
  await settled();
  expect((await there("GET", `/invoices/${pageOnly.id}`)).body.data).toMatchObject({
    status: "paid",
  });
  // And closed, when it asks for what is not owed any more.
  expect((await there("POST", `/invoices/${byHand.id}/mark-paid`)).status).toBe(200);
  await settled();
  expect(books().sessions.at(-1)).toMatchObject({ status: "expired" });

  // The new owner has the account as well: then it can be asked for there.
  await connect(paying, second.id);
  expect((await there("POST", path, { amount: 1_000 })).status).toBe(202);
  await settled();
  expect(await invoice()).toMatchObject({ status: "partial", amount_paid: 9_000 });
  expect(await findFaults(sql)).toEqual([]);
});

test("a refund that cannot be sent any more, or fails on its way, is told of and can be asked for again", async () => {
  const paying = await startPaying();
  const { call, expectCall, deliver, settled, dashboard, sql, books, sandbox } = paying;
  await paying.work();
  const [unsent, doubtful, slow] = [
    await paidAtStripe(paying),
    await paidAtStripe(paying),
    await paidAtStripe(paying, "sepa_debit"),
  ];
  const ask = async ({ paymentId }: { paymentId: number }) =>
    (await call("POST", `/payments/${paymentId}/refund`, {})).status;
  const paidNow = async ({ id }: { id: number }) =>
    (await expectCall(200, "GET", `/invoices/${id}`)).amount_paid;

  // A debit goes back in its own time; meanwhile it is asked for once.
  expect(await ask(slow)).toBe(202);
  await expect.poll(() => books().refunds.map(({ status }) => status)).toEqual(["pending"]);
  expect(await ask(slow)).toBe(409);
  await dashboard(`refunds/${books().refunds[0].id}`, { account, status: "failed" });
  await deliver();
  await expect.poll(async () => await itemsOf(paying)).toEqual([["stripe.refund-failed", slow.id]]);
  expect(await paidNow(slow)).toBe(10_000);
  await settled();
  expect(await ask(slow)).toBe(202);
  await expect
    .poll(() => books().refunds.map(({ status }) => status))
    .toEqual(["failed", "pending"]);
  await dashboard(`refunds/${books().refunds[1].id}`, { account, status: "succeeded" });
  await deliver();
  await expect.poll(async () => await paidNow(slow)).toBe(0);
  await settled();

  // Asked for, and the account is disconnected before it is sent: one was never, of one nobody knows.
  sandbox.fault({
    match: { ...refunds, body: doubtful.intent },
    fault: { kind: "drop", after: true },
  });
  sandbox.fault({ match: refunds, fault: { kind: "status", status: 503 }, times: 1_000 });
  for (const each of [unsent, doubtful]) expect(await ask(each)).toBe(202);
  await holdRetries(sql, 2);
  await expectCall(200, "POST", "/settings/stripe/disconnect");
  sandbox.clearFaults();
  await settled();
  expect((await itemsOf(paying)).filter(([, id]) => id !== slow.id)).toEqual([
    ["stripe.refund-failed", unsent.id],
    ["stripe.refund-failed", doubtful.id],
  ]);
  await connect(paying);
  // Whoever asks again gives nothing back twice: what was done is found first.
  for (const each of [unsent, doubtful]) await ask(each);
  await settled();
  expect([await paidNow(unsent), await paidNow(doubtful)]).toEqual([0, 0]);
  expect(books().refunds.filter(({ status }) => status === "succeeded")).toHaveLength(3);
  expect(books().charges.map(({ amount_refunded: given }) => given)).toEqual([
    10_000, 10_000, 10_000,
  ]);
  expect(await findFaults(sql)).toEqual([]);
});
