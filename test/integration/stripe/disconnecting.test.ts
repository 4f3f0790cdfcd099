import { expect, test } from "vitest";
import { blockBudget } from "../../../src/db/budgets.ts";
import { findFaults } from "../payments/find-faults.ts";
import { account, connect, DAY_MS, itemsOf, startPaying, type Paying } from "./start-paying.ts";

/** What tells a company of pages that may still be paid on. */
const openPagesOf = async (
  { call }: Paying,
  as: { headers?: Record<string, string> } = {},
): Promise<{ kind: string }[]> => {
  const { body } = await call("GET", "/attention-items", undefined, as);
  return body.data.filter(({ kind }: { kind: string }) => kind === "stripe.open-pages");
};

/** How such an item names invoices. */
const numbers = (...invoices: readonly { invoice_number: string }[]) =>
  `: ${invoices.map(({ invoice_number: number }) => number).join(", ")}.`;

test("money that comes when the account is disconnected is told of, and recorded once it is connected again", async () => {
  const paying = await startPaying();
  const { issued, pay, deliver, settled, expectCall, dashboard, sql, clock, sandbox } = paying;
  const [early, late, other] = [await issued(), await issued(), await issued()];
  // Told while the account was connected, and looked at when it was not any more.
  await pay(early.uuid);
  await deliver();
  // Paid before, and told after.
  await pay(late.uuid);
  await pay(other.uuid);
  // Nobody can look at the pages before the account is gone.
  const pages = { path: "/v1/checkout/sessions" };
  sandbox.fault({ match: pages, fault: { kind: "status", status: 503 }, times: 5 });
  await expectCall(200, "POST", "/settings/stripe/disconnect");
  sandbox.clearFaults();
  await deliver({ order: "reversed", times: 2 });
  const { scheduler } = await paying.work();
  await settled();
  const unrecorded = [early, late, other].map(({ id }) => ["stripe.unrecorded-payment", id]);
  // What is told of by itself is not told of again with the pages that stayed open.
  const told = async () =>
    (await itemsOf(paying)).filter(([kind]) => kind === "stripe.unrecorded-payment");
  expect(await told()).toEqual(unrecorded);
  expect(await sql`select id from stripe_events where status = 'received'`).toEqual([]);

  // Another account is none of it.
  await dashboard("accounts/acct_other/choose");
  await connect(paying);
  for (const each of [clock, sandbox.clock]) each.advanceMs(DAY_MS);
  await scheduler.tick();
  await settled();
  expect(await itemsOf(paying)).toEqual(unrecorded);
  expect(await expectCall(200, "GET", `/invoices/${early.id}`)).toMatchObject({ status: "sent" });

  // One was recorded by hand meanwhile, as the item says.
  await expectCall(200, "POST", `/invoices/${other.id}/mark-paid`);
  await expectCall(200, "POST", "/settings/stripe/disconnect");
  await dashboard(`accounts/${account}/choose`);
  await connect(paying);
  for (const each of [clock, sandbox.clock]) each.advanceMs(DAY_MS);
  await scheduler.tick();
  await settled();
  for (const { id } of [early, late]) {
    expect(await expectCall(200, "GET", `/invoices/${id}`)).toMatchObject({
      status: "paid",
      amount_paid: 10_000,
    });
  }
  // What has been recorded by hand is there twice now, and said so.
  expect(await itemsOf(paying)).toEqual([["stripe.unrecorded-payment", other.id]]);
  expect(await findFaults(sql)).toEqual([]);
});

test("before an account is disconnected its pages are closed, and what was paid on them is recorded", async () => {
  const paying = await startPaying();
  const { issued, checkout, pay, expectCall, books, dashboard, settled, sandbox, sql } = paying;
  const [open, paid, debit] = [await issued(), await issued(), await issued()];
  const [refused, stuck, late] = [await issued(), await issued(), await issued()];
  const { body } = await checkout(open.uuid);
  await pay(paid.uuid);
  await pay(debit.uuid, "sepa_debit");
  await pay(refused.uuid, "sepa_debit");
  const { id: intent } = books().paymentIntents.at(-1);
  await dashboard(`payments/${intent}/settle`, { account, status: "failed" });
  // Stripe fails at one of them, which keeps no other open.
  await checkout(stuck.uuid);
  const { id: session } = books().sessions.at(-1);
  const match = { method: "POST", path: `/v1/checkout/sessions/${session}` };
  sandbox.fault({ match, fault: { kind: "status", status: 503 } });
  // While one is closed, another one is opened.
  const { id: slow } = books().sessions[0];
  const closing = { method: "POST", path: `/v1/checkout/sessions/${slow}` };
  sandbox.fault({ match: closing, fault: { kind: "delay", ms: 60_000 } });
  const disconnecting = expectCall(200, "POST", "/settings/stripe/disconnect");
  await expect
    .poll(() => sandbox.requests().some(({ path }) => path.startsWith(closing.path)))
    .toBe(true);
  expect((await checkout(late.uuid)).status).toBe(200);
  sandbox.endDelays();
  await disconnecting;
  expect(books().sessions.map(({ status }) => status)).toEqual([
    "expired",
    "complete",
    "complete",
    "complete",
    "open",
    "expired",
  ]);
  expect((await fetch(body.data.checkout_url)).status).toBe(410);
  const statusOf = async ({ id }: { id: number }) =>
    (await expectCall(200, "GET", `/invoices/${id}`)).status;
  expect([await statusOf(open), await statusOf(paid)]).toEqual(["sent", "paid"]);
  // The debit comes in days, when nobody here is told any more; of the refused one nothing comes.
  expect(await itemsOf(paying)).toEqual([["stripe.unrecorded-payment", debit.id]]);
  expect(
    await sql`select status from stripe_checkouts where invoice_id = ${refused.id}`,
  ).toMatchObject([{ status: "over" }]);
  await paying.work();
  await settled();
  expect(await openPagesOf(paying)).toMatchObject([
    {
      title: expect.stringMatching(/^1 invoice /),
      detail: expect.stringContaining(numbers(stuck)),
    },
  ]);
  expect(await sql`select status from connections`).toEqual([{ status: "disabled" }]);
  expect(await findFaults(sql)).toEqual([]);
});

test("whose pages stay open when the account is disconnected is told so, until they are over", async () => {
  const paying = await startPaying();
  const { call, issued, checkout, pay, expectCall, dashboard, settled, sandbox, sql } = paying;
  const { books, clock } = paying;
  const { scheduler } = await paying.work();
  const second = await expectCall(201, "POST", "/companies", { name: "Second" });
  const here = { headers: { "x-company-id": String(paying.companyId) } };
  const there = { headers: { "x-company-id": String(second.id) } };
  const [open, moved, asked, debit] = [
    await issued(),
    await issued(),
    await issued(),
    await issued(),
  ];
  for (const { uuid } of [open, moved]) await checkout(uuid);
  const to = { target_company_id: second.id };
  expect((await call("POST", `/invoices/${moved.id}/move`, to, here)).status).toBe(200);
  await pay(debit.uuid, "sepa_debit");
  // Whether Stripe has made this one nobody knows.
  const match = { method: "POST", path: "/v1/checkout/sessions" };
  sandbox.fault({ match, fault: { kind: "drop", after: true }, times: 2 });
  expect((await checkout(asked.uuid)).status).toBe(502);
  sandbox.clearFaults();

  // Others have used up what Stripe allows the account: nobody asks it for more.
  await blockBudget(sql, `stripe/${account}`, 3_600_000);
  const requests = () => sandbox.requests().filter(({ path }) => path.startsWith("/v1/")).length;
  const before = requests();
  expect((await call("POST", "/settings/stripe/disconnect", {}, here)).status).toBe(200);
  expect(requests()).toBe(before);
  await settled();
  expect(await openPagesOf(paying, here)).toMatchObject([
    {
      title: expect.stringMatching(/^3 invoices /),
      detail: expect.stringContaining(numbers(asked, debit, open)),
    },
  ]);
  expect(await openPagesOf(paying, there)).toMatchObject([
    { detail: expect.stringContaining(numbers(moved)) },
  ]);

  // Connected again, their pages are looked at, and are over in the end.
  await sql`delete from budgets`;
  await connect(paying);
  const { id: intent } = books().paymentIntents[0];
  await dashboard(`payments/${intent}/settle`, { account, status: "succeeded" });
  // The looks, and a tick after them.
  const nextDays = async () => {
    for (const each of [clock, sandbox.clock]) each.advanceMs(2 * DAY_MS);
    // Stripe closes what nobody has paid on for a day.
    await fetch(`${sandbox.url}/pay/none`);
    await scheduler.tick();
    await settled();
    return [...(await openPagesOf(paying, here)), ...(await openPagesOf(paying, there))];
  };
  let left = await nextDays();
  // Pages are given up after three weeks.
  for (let day = 4; day <= 22 && left.length > 0; day += 2) left = await nextDays();
  expect(left).toEqual([]);

  // Let in no more already when it is disconnected: nobody can close anything.
  const last = await issued();
  await checkout(last.uuid);
  await dashboard(`accounts/${account}/deauthorize`);
  await checkout(last.uuid);
  expect(await sql`select status from connections`).toEqual([{ status: "needs_reauth" }]);
  expect((await call("POST", "/settings/stripe/disconnect", {}, here)).status).toBe(200);
  await settled();
  expect(await openPagesOf(paying, here)).toMatchObject([
    { detail: expect.stringContaining(numbers(last)) },
  ]);
  expect(await openPagesOf(paying, there)).toEqual([]);
});
