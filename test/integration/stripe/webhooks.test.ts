import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { handleStripeEvent } from "../../../src/jobs/stripe/handle-event.ts";
import { line } from "../invoices/start-invoicing.ts";
import { startPaying } from "./start-paying.ts";

const SECRET = "whsec_sandbox";

test("only what Stripe has signed just now is taken, with any secret that counts, and kept once", async () => {
  const { ask, clock, sql, sandbox, stripe } = await startPaying();
  const path = "/api/v1/settings/stripe/webhook";
  const event = {
    id: "evt_1",
    object: "event",
    type: "payment_intent.succeeded",
    account: "acct_sandbox",
    livemode: false,
    data: { object: { object: "payment_intent", id: "pi_1", note: "Zoë" } },
  };
  // Not as JSON.stringify would write it: what is signed are the bytes.
  const body = JSON.stringify(event, null, 3).replace("evt_1", "evt\\u005f1");
  const at = Math.floor(clock.now().getTime() / 1_000);
  const sign = (secret: string, time: number | string = at, text = body) =>
    createHmac("sha256", secret).update(`${time}.${text}`).digest("hex");
  const send = async (signature: string | undefined, text = body) =>
    await ask("POST", path, {
      body: text,
      headers: signature === undefined ? {} : { "stripe-signature": signature },
    });
  const refused = { status: 400, body: { code: "signature_invalid" } };

  for (const signature of [
    undefined,
    "",
    "t=,v1=",
    `t=${at}`,
    `t=${at},v1=${sign("whsec_other")}`,
    `t=${at},v0=${sign(SECRET)}`,
    `t=${at},v1=${sign(SECRET)}0`,
    `t=${at + 1},v1=${sign(SECRET)}`,
    // Recorded, or from a clock that is ahead.
    `t=${at - 301},v1=${sign(SECRET, at - 301)}`,
    `t=${at + 301},v1=${sign(SECRET, at + 301)}`,
  ]) {
    expect(await send(signature), signature).toMatchObject(refused);
  }
  const good = `t=${at},v1=${sign(SECRET)}`;
  expect(await send(good, body.replace("Zoë", "Zoe"))).toMatchObject(refused);
  expect(await sql`select id from stripe_events`).toHaveLength(0);
  // Signed, and no event all the same.
  for (const text of ["", "{}", "[]", '{"object":"v2.core.event","id":"evt_2"}']) {
    expect((await send(`t=${at},v1=${sign(SECRET, at, text)}`, text)).status).toBe(400);
  }

  // Another signature in front, as while a secret is changed; the old secret; then again.
  const accepted = { status: 200, body: { received: true } };
  expect(await send(`t=${at},v1=${sign("whsec_new")},v1=${sign("whsec_old")}`)).toMatchObject(
    accepted,
  );
  const all = await Promise.all([send(good), send(good), send(good)]);
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200]);
  const kept = await sql`select account, id, type, payload, status from stripe_events`;
  expect([...kept]).toEqual([
    {
      account: "acct_sandbox",
      id: "evt_1",
      type: "payment_intent.succeeded",
      payload: body,
      status: "received",
    },
  ]);
  const runs = await sql`select job from job_runs where job = ${handleStripeEvent.name}`;
  expect(runs).toHaveLength(1);

  // Unknown types, the other mode and unknown accounts are kept, and nothing is done.
  for (const [id, more] of [
    ["evt_3", { type: "radar.early_fraud_warning.created" }],
    ["evt_4", { livemode: true }],
    ["evt_5", { account: "acct_stranger" }],
    ["evt_7", { type: "customer.subscription.deleted" }],
    [
      "evt_6",
      { data: { object: { object: "charge", payment_intent: null } }, type: "charge.failed" },
    ],
  ] as const) {
    const text = JSON.stringify({ ...event, id, ...more });
    expect(await send(`t=${at},v1=${sign(SECRET, at, text)}`, text)).toMatchObject(accepted);
  }
  const ignored = await sql`
    select id, reason from stripe_events where status = 'ignored' order by id
  `;
  expect(ignored.map(({ id, reason }) => [id, reason])).toEqual([
    ["evt_3", "nothing of it is ours"],
    ["evt_4", "it is of the live mode"],
    ["evt_5", "no company is connected to the account"],
    ["evt_6", "nothing of it is ours"],
    ["evt_7", "nothing of it is ours"],
  ]);
  const after = await sql`select job from job_runs where job = ${handleStripeEvent.name}`;
  expect(after).toHaveLength(1);
  expect([sandbox.problems(), stripe.providers.stripe?.isLive]).toEqual([[], false]);
});

test("without a signing secret nothing is taken from anybody; who guesses signatures is counted", async () => {
  const { ask, clock } = await startPaying({}, { publicRequestsPerHour: 20 });
  const path = "/api/v1/settings/stripe/webhook";
  const statuses: number[] = [];
  // Another hour than the one in which the company signed up.
  clock.advanceMs(3_600_000);
  for (let times = 0; times < 22; times += 1) {
    statuses.push((await ask("POST", path, { body: "{}" })).status);
  }
  expect(statuses.slice(18)).toEqual([400, 400, 429, 429]);
});

test("I7: a payment is recorded once, with its fee, whatever comes twice, late or in the wrong order", async () => {
  const paying = await startPaying({ timezone: "America/Chicago" }, { isChecked: true });
  const { issued, pay, deliver, settled, expectCall, eventsOf, sql, books, sandbox, clock } =
    paying;
  await paying.work();
  const { id, uuid } = await issued();
  await pay(uuid);
  // While a secret is changed there are two signatures, of which we know one.
  await paying.dashboard("secret/roll");
  const sent = await deliver({ order: "reversed", times: 2 });
  expect(sent.map(({ type }) => type).slice(0, 4)).toEqual([
    "checkout.session.completed",
    "payment_intent.succeeded",
    "charge.succeeded",
    "payment_intent.created",
  ]);
  expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([200]));
  await settled();
  const [intent] = books().paymentIntents;
  const paid = { status: "paid", amount_due: 0, amount_paid: 10_000 };
  expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject(paid);
  const payments = await expectCall(200, "GET", `/invoices/${id}/payments`);
  expect(payments).toMatchObject([
    {
      amount: 10_000,
      credited: 0,
      payment_method: "card",
      reference: intent.id,
      // Nine in the morning in London is three in Chicago.
      payment_date: "2026-03-02",
      recorded_by: null,
      provider: { name: "stripe", payment_id: intent.id, fee: 320, fee_currency: "USD" },
    },
  ]);
  expect((await eventsOf(id)).filter((type) => type === "payment.received")).toHaveLength(1);
  // Again, a week later, under other names.
  for (const each of [clock, sandbox.clock]) each.advanceMs(7 * 86_400_000);
  await deliver({ all: true, times: 2, again: true });
  await settled();
  const events = await sql<{ status: string }[]>`select status from stripe_events`;
  expect(new Set(events.map(({ status }) => status))).toEqual(new Set(["done"]));
  expect(await expectCall(200, "GET", `/invoices/${id}/payments`)).toHaveLength(1);
  // The same in the other mode, which the endpoint of connected accounts is told as well.
  await deliver({ all: true, live: true });
  await settled();
  const ignored = await sql`select from stripe_events where reason = 'it is of the live mode'`;
  expect(ignored).toHaveLength(4);
  expect(await expectCall(200, "GET", `/invoices/${id}/payments`)).toHaveLength(1);
  // The money is at Stripe: it is refunded, not struck out.
  const gone = await paying.call("DELETE", `/invoices/${id}/payments/${payments[0].id}`);
  expect(gone).toMatchObject({ status: 409, body: { code: "payment_at_provider" } });
  expect(sandbox.problems()).toEqual([]);
});

test("a debit is recorded when it comes, days later; one that is refused lets the client try again", async () => {
  const { work, issued, pay, deliver, settled, dashboard, expectCall, books, checkout, sql } =
    await startPaying();
  await work();
  const [good, bad] = [await issued(), await issued()];
  await pay(good.uuid, "sepa_debit");
  await pay(bad.uuid, "sepa_debit");
  await deliver();
  await settled();
  for (const { id, uuid } of [good, bad]) {
    expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({ status: "sent" });
    expect((await checkout(uuid)).body.code).toBe("payment_in_progress");
  }
  const [first, second] = books().paymentIntents;
  const account = "acct_sandbox";
  await dashboard(`payments/${first.id}/settle`, { account, status: "succeeded" });
  await dashboard(`payments/${second.id}/settle`, { account, status: "failed" });
  await deliver({ order: "reversed" });
  await settled();
  const [paid, open] = [
    await expectCall(200, "GET", `/invoices/${good.id}`),
    await expectCall(200, "GET", `/invoices/${bad.id}`),
  ];
  expect([paid.status, open.status]).toEqual(["paid", "sent"]);
  const [payment] = await sql`select payment_method from payments`;
  expect(payment).toEqual({ paymentMethod: "bank_transfer" });
  expect((await checkout(bad.uuid)).status).toBe(200);
});

test("money that fits no invoice is lost nowhere: too much, to a paid or void one, in another currency", async () => {
  const paying = await startPaying();
  const { issued, checkout, pay, deliver, settled, expectCall, call, sql, clientId } = paying;
  const part = { amount: 4_000, payment_date: "2026-03-02" };
  const [over, paid, voided, other] = [
    await issued(),
    await issued(),
    await issued(),
    await issued(),
  ];
  for (const { uuid } of [over, paid, voided, other]) {
    expect((await checkout(uuid)).status).toBe(200);
  }
  // All at the last moment before the page could be closed.
  for (const { uuid } of [over, paid, voided, other]) await pay(uuid);
  await expectCall(200, "POST", `/invoices/${over.id}/record-payment`, part);
  await expectCall(200, "POST", `/invoices/${paid.id}/mark-paid`);
  await expectCall(200, "POST", `/invoices/${voided.id}/void`);
  await sql`update invoices set currency = 'EUR' where id = ${other.id}`;
  await paying.work();
  await deliver();
  await settled();
  const { body } = await call("GET", "/attention-items");
  const items = body.data.map((item: { kind: string; title: string; subject_id: number }) => [
    item.kind,
    item.subject_id,
    item.title,
  ]);
  expect(items.toSorted((a: number[], b: number[]) => a[1]! - b[1]!)).toEqual([
    ["stripe.overpaid", over.id, "Invoice INV-00001 was overpaid at Stripe by $40.00"],
    ...[paid, voided, other].map(({ id, invoice_number: number }) => [
      "stripe.unrecorded-payment",
      id,
      `$100.00 came in at Stripe for invoice ${number}, and is in nobody's books`,
    ]),
  ]);
  expect(await expectCall(200, "GET", `/invoices/${over.id}`)).toMatchObject({
    status: "paid",
    amount_paid: 10_000,
  });
  expect(await expectCall(200, "GET", `/clients/${clientId}/credits`)).toMatchObject({
    credits: [{ type: "overpayment", amount: 4_000 }],
  });
  // Open again: told once more, the money finds its invoice.
  const [payment] = await expectCall(200, "GET", `/invoices/${paid.id}/payments`);
  await expectCall(204, "DELETE", `/invoices/${paid.id}/payments/${payment.id}`);
  await deliver({ all: true, types: ["payment_intent.succeeded"], again: true });
  await settled();
  expect(await expectCall(200, "GET", `/invoices/${paid.id}`)).toMatchObject({ status: "paid" });
  const left = (await call("GET", "/attention-items")).body.data;
  expect(left.map((item: { subject_id: number }) => item.subject_id)).not.toContain(paid.id);
});

test("a page that asks for what is not owed any more is closed; a payment is found without a webhook", async () => {
  const paying = await startPaying();
  const { issued, checkout, pay, settled, expectCall, books, clock, sandbox } = paying;
  const { scheduler } = await paying.work();
  const [byBank, changed, credited, paid] = [
    await issued(),
    await issued(),
    await issued(),
    await issued(),
  ];
  for (const { uuid } of [byBank, changed, credited, paid]) await checkout(uuid);
  await expectCall(200, "POST", `/invoices/${byBank.id}/mark-paid`);
  await expectCall(200, "PATCH", `/invoices/${changed.id}`, {
    line_items: [line("Consulting", 1, 12_000)],
  });
  const credit = await expectCall(201, "POST", "/credits", {
    client_id: credited.client_id,
    type: "credit_note",
    amount: 2_500,
    date: "2026-03-01",
  });
  const use = { invoice_id: credited.id, amount: 2_500 };
  await expectCall(200, "POST", `/credits/${credit.id}/apply`, use);
  await settled();
  expect(books().sessions.map(({ status }) => status)).toEqual([
    "expired",
    "expired",
    "expired",
    "open",
  ]);

  // Nobody tells us: no endpoint is registered.
  await pay(paid.uuid);
  clock.advanceMs(16 * 60_000);
  await scheduler.tick();
  await settled();
  await expect
    .poll(async () => (await expectCall(200, "GET", `/invoices/${paid.id}`)).status)
    .toBe("paid");
  expect(sandbox.problems()).toEqual([]);
});

test("a plan follows what is paid for it without anybody asking; other accounts' customers are nobody", async () => {
  const paying = await startPaying({}, { planDefault: "free" });
  const { expectCall, deliver, settled, dashboard, sandbox, sql, companyId, ask, token } = paying;
  await paying.work();
  const planNow = async () => {
    const [company] = await sql`select plan from companies where id = ${companyId}`;
    return company?.["plan"];
  };
  const body = { plan: "pro", price_id: "price_pro_monthly" };
  const page = await expectCall(200, "POST", "/billing/checkout", body);
  await fetch(page.checkout_url, { redirect: "manual" });
  await deliver({ order: "reversed", times: 2 });
  await settled();
  expect(await planNow()).toBe("pro");
  const asked = sandbox.requests().length;

  const { subscriptions } = sandbox.readState() as { subscriptions: { id: string }[] };
  const { id } = subscriptions[0]!;
  // Being collected: it counts still.
  await dashboard(`subscriptions/${id}`, { status: "past_due" });
  await deliver();
  await settled();
  expect(await planNow()).toBe("pro");
  await dashboard(`subscriptions/${id}`, { status: "canceled" });
  await deliver({ order: "reversed" });
  await settled();
  expect(await planNow()).toBe("free");
  const audit = await sql<{ details: { to: string } }[]>`
    select details from audit_log where action = 'company.plan-changed' order by id
  `;
  expect(audit.map(({ details }) => details.to)).toEqual(["pro", "free"]);
  expect(sandbox.requests().length).toBeGreaterThan(asked);

  // Late news change nothing.
  await deliver({ all: true, again: true });
  await settled();
  expect(await planNow()).toBe("free");
  const subscription = (await ask("GET", "/api/v1/billing/subscription", { token })).body.data;
  expect(subscription).toMatchObject({ plan: "free", status: "canceled" });
});
