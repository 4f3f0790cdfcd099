import { expect, test } from "vitest";
import { findStripeCheck, startStripe } from "../../support/stripe.ts";
import { startApi } from "../api/start-api.ts";

const api = (path: string) => `/api/v1/billing/${path}`;

async function start() {
  const stripe = await startStripe({ check: await findStripeCheck() });
  const base = await startApi(
    { planDefault: "free", appUrl: "https://app.test" },
    { providers: stripe.providers },
  );
  base.defer(() => stripe.close());
  return { ...base, ...stripe };
}

test("somebody subscribes, uses the plan, sees invoices, and falls back when it ends", async () => {
  const { ask, signUp, sandbox, sql } = await start();
  const { token, companyId } = await signUp();
  const get = async (path: string) => (await ask("GET", api(path), { token })).body.data;
  const post = (path: string, body?: unknown) => ask("POST", api(path), { token, body });

  const prices = await get("prices");
  expect(Object.keys(prices)).toEqual(["starter", "pro", "enterprise"]);
  expect(prices.pro[0]).toEqual({
    price_id: "price_pro_monthly",
    amount: 1_800,
    currency: "usd",
    interval: "month",
    interval_count: 1,
  });
  await get("prices");
  const asked = () => sandbox.requests().filter(({ path }) => path === "/v1/prices").length;
  expect(asked()).toBe(3);

  // Before the first checkout Stripe is not even asked.
  expect(await get("invoices")).toEqual([]);
  expect((await post("portal")).body.data).toEqual({ portal_url: null });
  expect(await get("subscription")).toMatchObject({ plan: "free", status: "active" });

  for (const [body, field, code] of [
    [{ plan: "free", price_id: "price_pro_monthly" }, "plan", "plan_not_configured"],
    [{ plan: "starter", price_id: "price_pro_monthly" }, "price_id", "invalid_input"],
    [{ plan: "starter", price_id: "prod_pro" }, "price_id", "invalid_input"],
  ] as const) {
    const refused = await post("checkout", body);
    expect(refused).toMatchObject({
      status: 422,
      body: { code, errors: { [field]: [expect.any(String)] } },
    });
  }
  expect((await post("checkout", { plan: "free", price_id: "price_x" })).body.message).toBe(
    "Plan not configured.",
  );

  const wanted = { plan: "pro", price_id: "price_pro_monthly" };
  const opened = await post("checkout", wanted);
  expect(opened.body.data).toEqual({ checkout_url: expect.any(String), plan: "pro" });
  // A second click leads to the same page.
  expect((await post("checkout", wanted)).body).toEqual(opened.body);
  const paid = await fetch(opened.body.data.checkout_url, { redirect: "manual" });
  expect(paid.headers.get("location")).toBe("https://app.test?checkout=success");

  const subscribed = await get("subscription");
  expect(subscribed).toMatchObject({
    plan: "pro",
    status: "active",
    trial_ends_at: null,
    current_period_end: expect.stringMatching(/Z$/),
  });
  const [company] = await sql`select plan from companies where id = ${companyId}`;
  expect(company).toEqual({ plan: "pro" });
  const audit = await sql`
    select action, details from audit_log where company_id = ${companyId} and action like '%plan%'
  `;
  expect([...audit]).toMatchObject([
    { action: "company.plan-changed", details: { from: "free", to: "pro", status: "active" } },
  ]);
  expect(await get("invoices")).toEqual([
    {
      id: expect.stringMatching(/^in_/),
      number: expect.any(String),
      amount: 1_800,
      currency: "USD",
      status: "paid",
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      pdf_url: expect.any(String),
    },
  ]);
  expect((await post("portal")).body.data.portal_url).toMatch(/\/portal\/bps_/);
  expect(await post("checkout", wanted)).toMatchObject({
    status: 422,
    body: { code: "already_subscribed" },
  });

  // Stripe cannot be reached: what is known is told; what is not is a 502.
  sandbox.fault({ fault: { kind: "drop" }, times: 2 });
  expect(await get("subscription")).toEqual(subscribed);
  expect((await ask("GET", api("invoices"), { token })).status).toBe(502);

  // Set by hand, and still there when nothing changes at Stripe.
  await sql`update companies set plan = 'starter' where id = ${companyId}`;
  expect(await get("subscription")).toMatchObject({ plan: "starter" });

  const state = sandbox.readState() as { subscriptions: { status: string }[] };
  state.subscriptions[0]!.status = "canceled";
  expect(await get("subscription")).toMatchObject({ plan: "free", status: "canceled" });
  // Another subscription may follow at once.
  expect((await post("checkout", wanted)).status).toBe(200);
  expect(sandbox.problems()).toEqual([]);
});

test("without Stripe nothing is sold, and nothing breaks", async () => {
  const { ask, signUp, sql } = await startApi();
  const { token, userId } = await signUp();
  expect((await ask("GET", api("prices"), { token })).body).toEqual({ data: {} });
  expect((await ask("GET", api("invoices"), { token })).body).toEqual({ data: [] });
  expect((await ask("POST", api("portal"), { token })).body).toEqual({
    data: { portal_url: null },
  });
  const body = { plan: "starter", price_id: "price_1" };
  expect(await ask("POST", api("checkout"), { token, body })).toMatchObject({
    status: 422,
    body: { message: "Plan not configured." },
  });
  expect((await ask("GET", "/api/v1/settings/stripe/connect", { token })).status).toBe(409);
  expect((await ask("GET", "/api/v1/settings/stripe/status", { token })).body).toEqual({
    data: { connected: false },
  });
  // A customer from when it was set up.
  await sql`
    insert into plan_customers (user_id, stripe_customer, created_at, updated_at)
    values (${userId}, 'cus_1', now(), now())
  `;
  expect(await ask("GET", api("invoices"), { token })).toMatchObject({
    status: 503,
    body: { code: "not_configured" },
  });
  expect((await ask("GET", api("subscription"), { token })).status).toBe(200);
});
