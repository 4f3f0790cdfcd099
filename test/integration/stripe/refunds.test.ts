import { expect, test } from "vitest";
import { holdRetries, hurryRetries } from "../../support/retries.ts";
import { findFaults } from "../payments/find-faults.ts";
import { startPaying, type Paying } from "./start-paying.ts";

const account = "acct_sandbox";

/** An invoice over 100.00 that was paid at Stripe. */
async function paidAtStripe(paying: Paying) {
  const { issued, pay, deliver, settled, expectCall, books } = paying;
  const { id, uuid, invoice_number: number } = await issued();
  await pay(uuid);
  await deliver();
  await settled();
  const [payment] = await expectCall(200, "GET", `/invoices/${id}/payments`);
  const intent = String(books().paymentIntents.at(-1).id);
  return { id, number, paymentId: Number(payment.id), intent };
}

const kindsOf = async ({ call }: Paying): Promise<string[]> => {
  const { body } = await call("GET", "/attention-items");
  return body.data.map((item: { kind: string }) => item.kind);
};

test("a refund asked for here is made at Stripe once, whatever becomes of the answers, and is in the books when it is confirmed", async () => {
  const paying = await startPaying();
  const { call, expectCall, expectInvalid, sandbox, books, settled, sql, deliver } = paying;
  await paying.work();
  const { id, paymentId, intent } = await paidAtStripe(paying);
  const path = `/payments/${paymentId}/refund`;

  // The worker dies, or the line, between Stripe's commit and ours: nobody hears of it.
  const match = { method: "POST", path: "/v1/refunds" };
  sandbox.fault({ match, fault: { kind: "drop", after: true } });
  // A rest may be as short as nothing: until we have looked, Stripe is down.
  const down = { match, fault: { kind: "status", status: 503 }, times: 1_000 } as const;
  sandbox.fault(down);
  const asked = await call("POST", path, { amount: 2_500, reason: "Too late" });
  expect(asked).toMatchObject({ status: 202, body: { data: { job: "stripe.send-refund" } } });
  expect(asked.headers.get("location")).toBe(`/api/v1/runs/${asked.body.data.id}`);
  await holdRetries(sql);
  expect(books().refunds).toHaveLength(1);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({ amount_paid: 10_000 });
  // Promised to somebody already: no more than the rest can be asked for.
  expect(await expectInvalid("amount", "POST", path, { amount: 7_501 })).toContain("7500");
  sandbox.clearFaults();
  await settled();
  expect(books().refunds).toMatchObject([
    { amount: 2_500, payment_intent: intent, metadata: { nightledger_refund: "1" } },
  ]);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    status: "partial",
    amount_paid: 7_500,
  });
  const { body } = await call("GET", `/refunds?filter[payment_id]=${paymentId}`);
  expect(body.data).toMatchObject([
    { amount: 2_500, reason: "Too late", reference: books().refunds[0].id, refunded_by: 1 },
  ]);

  // Down, and back; the answer of the next one is lost, and a webhook says it first.
  sandbox.fault(down);
  expect((await call("POST", path, { amount: 500 })).status).toBe(202);
  await holdRetries(sql);
  sandbox.clearFaults();
  sandbox.fault({ match, fault: { kind: "drop", after: true } });
  await hurryRetries(sql);
  await expect.poll(() => books().refunds.length).toBe(2);
  await deliver({ order: "reversed", times: 2 });
  await expect
    .poll(async () => (await expectCall(200, "GET", `/invoices/${id}`)).amount_paid)
    .toBe(7_000);
  await settled();
  expect(books().refunds).toHaveLength(2);

  // Stripe says no: the money stays, and somebody is told.
  sandbox.fault({
    match,
    fault: { kind: "status", status: 400, body: { error: { type: "invalid_request_error" } } },
  });
  expect((await call("POST", path)).status).toBe(202);
  await settled();
  expect(await kindsOf(paying)).toEqual(["stripe.refund-failed"]);
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({ amount_paid: 7_000 });
  // All that is left, at last; then there is nothing.
  expect((await call("POST", path)).status).toBe(202);
  await settled();
  expect(books().charges[0]).toMatchObject({ refunded: true, amount_refunded: 10_000 });
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    status: "sent",
    amount_paid: 0,
  });
  expect(await call("POST", path)).toMatchObject({
    status: 409,
    body: { code: "nothing_to_refund" },
  });
  expect(await findFaults(sql)).toEqual([]);
});

test("a refund made at Stripe is recorded once; one that fails later puts the money back", async () => {
  const paying = await startPaying();
  const { expectCall, dashboard, deliver, settled, books, sandbox, sql, eventsOf, call } = paying;
  await paying.work();
  const { id, intent, paymentId } = await paidAtStripe(paying);
  const refundThere = async (amount: number, payment = intent) => {
    const answer = await fetch(`${sandbox.url}/v1/refunds`, {
      method: "POST",
      headers: { authorization: "Bearer sandbox-secret", "stripe-account": account },
      body: new URLSearchParams({ payment_intent: payment, amount: String(amount) }),
    });
    return ((await answer.json()) as { id: string }).id;
  };
  const paidNow = async () => (await expectCall(200, "GET", `/invoices/${id}`)).amount_paid;

  const failing = await refundThere(3_000);
  await refundThere(1_000);
  await deliver({ order: "reversed", times: 2 });
  await settled();
  expect(await paidNow()).toBe(6_000);
  // The client pays it again in another way, and only then the bank sends the money back.
  const rest = { amount: 4_000, payment_date: "2026-03-02" };
  await expectCall(200, "POST", `/invoices/${id}/record-payment`, rest);
  await dashboard(`refunds/${failing}`, { account, status: "failed" });
  await deliver({ times: 2 });
  await settled();
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
    status: "paid",
    amount_paid: 10_000,
  });
  expect(await expectCall(200, "GET", `/payments/${paymentId}`)).toMatchObject({
    amount_refunded: 1_000,
    // What the invoice lacks no more is the client's.
    credited: 3_000,
  });
  expect(await kindsOf(paying)).toEqual(["stripe.refund-failed"]);
  expect((await eventsOf(id)).filter((type) => type === "payment.refund-failed")).toHaveLength(1);
  expect(await findFaults(sql)).toEqual([]);

  // A debit goes back in its own time, and nothing is recorded before.
  const other = await paying.issued();
  await paying.pay(other.uuid, "sepa_debit");
  const debit = String(books().paymentIntents.at(-1).id);
  await dashboard(`payments/${debit}/settle`, { account, status: "succeeded" });
  await deliver();
  await settled();
  const slow = await refundThere(10_000, debit);
  await deliver();
  await settled();
  expect(await expectCall(200, "GET", `/invoices/${other.id}`)).toMatchObject({ status: "paid" });
  await dashboard(`refunds/${slow}`, { account, status: "succeeded" });
  await deliver();
  await settled();
  expect(await expectCall(200, "GET", `/invoices/${other.id}`)).toMatchObject({
    status: "sent",
    amount_paid: 0,
  });
  // Voided meanwhile; the money comes back after all, and is the client's credit.
  await expectCall(200, "POST", `/invoices/${other.id}/void`);
  await dashboard(`refunds/${slow}`, { account, status: "failed" });
  await deliver();
  await settled();
  const { credits } = await expectCall(200, "GET", `/clients/${paying.clientId}/credits`);
  expect(credits.map(({ balance }: { balance: number }) => balance).toSorted()).toEqual([
    10_000, 3_000,
  ]);
  expect(await findFaults(sql)).toEqual([]);

  // Money in nobody's books that is given back at Stripe waits for nobody any more.
  const late = await paying.issued();
  await paying.pay(late.uuid);
  await expectCall(200, "POST", `/invoices/${late.id}/mark-paid`);
  await deliver();
  await settled();
  expect(await kindsOf(paying)).toContain("stripe.unrecorded-payment");
  await refundThere(10_000, String(books().paymentIntents.at(-1).id));
  await deliver();
  await settled();
  expect(await kindsOf(paying)).not.toContain("stripe.unrecorded-payment");
  // Of an account that is not connected any more, nothing can be given back from here.
  await expectCall(200, "POST", "/settings/stripe/disconnect");
  expect(await call("POST", `/payments/${paymentId}/refund`)).toMatchObject({
    status: 409,
    body: { code: "account_not_connected" },
  });
});

test("a dispute stops reminders and fees; won it is as before, lost the money is taken back", async () => {
  const paying = await startPaying();
  const { expectCall, dashboard, deliver, settled, sql, call } = paying;
  await paying.work();
  const [won, lost, byHand] = [
    await paidAtStripe(paying),
    await paidAtStripe(paying),
    await paidAtStripe(paying),
  ];
  // Somebody had marked this one before.
  await sql`update invoices set is_disputed = true where id = ${byHand.id}`;
  const disputes: string[] = [];
  for (const { intent } of [won, lost, byHand]) {
    const { id } = await dashboard("disputes", { account, payment_intent: intent });
    disputes.push(id);
  }
  await deliver({ times: 2 });
  await settled();
  const read = async ({ id }: { id: number }) => await expectCall(200, "GET", `/invoices/${id}`);
  for (const each of [won, lost, byHand]) {
    expect(await read(each)).toMatchObject({ is_disputed: true, status: "paid" });
  }
  expect(await kindsOf(paying)).toEqual(Array.from({ length: 3 }, () => "stripe.dispute"));

  await dashboard(`disputes/${disputes[0]}`, { account, status: "won" });
  await dashboard(`disputes/${disputes[1]}`, { account, status: "lost" });
  await dashboard(`disputes/${disputes[2]}`, { account, status: "won" });
  // Closed is heard of before opened.
  await deliver({ all: true, order: "reversed" });
  await settled();
  expect(await read(won)).toMatchObject({ is_disputed: false, status: "paid" });
  expect(await read(byHand)).toMatchObject({ is_disputed: true, status: "paid" });
  // It is theirs to take away, too.
  await expectCall(200, "PATCH", `/invoices/${byHand.id}`, { is_disputed: false });
  // Open again, and nobody is reminded of it until a person has decided.
  expect(await read(lost)).toMatchObject({ is_disputed: true, status: "sent", amount_paid: 0 });
  const { body } = await call("GET", `/refunds?filter[payment_id]=${lost.paymentId}`);
  expect(body.data).toMatchObject([{ amount: 10_000, reference: disputes[1] }]);
  const items = (await call("GET", "/attention-items")).body.data;
  expect(items).toMatchObject([
    { kind: "stripe.dispute", title: expect.stringContaining("was lost"), subject_id: lost.id },
  ]);
  await expectCall(200, "PATCH", `/invoices/${lost.id}`, { is_disputed: false });
  await deliver({ all: true, again: true });
  await settled();
  expect(await read(lost)).toMatchObject({ is_disputed: false });

  // Won after all, as happens: the money is back.
  await dashboard(`disputes/${disputes[1]}`, { account, status: "won" });
  await deliver();
  await settled();
  expect(await read(lost)).toMatchObject({ is_disputed: false, status: "paid" });
  expect(await kindsOf(paying)).toEqual([]);
  expect(await findFaults(sql)).toEqual([]);
});
