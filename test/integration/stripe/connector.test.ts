import { expect, test } from "vitest";
import { startProviderServer } from "../../../sandbox/server.ts";
import { stripeSandbox } from "../../../sandbox/stripe/stripe.ts";
import { openStripe } from "../../../src/connectors/stripe/open-stripe.ts";
import type { Providers } from "../../../src/connectors/contract.ts";
import type { StripeConnector } from "../../../src/connectors/stripe/contract.ts";
import { ConnectionRevoked, ProviderRejected, WriteUnconfirmed } from "../../../src/errors.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import {
  describeConnector,
  type ConnectorSuite,
  type ConnectorUnderTest,
} from "../../support/connector-suite.ts";
import { findStripeCheck, stripeSettings, startStripe } from "../../support/stripe.ts";

interface State {
  portalSessions: { return_url: string }[];
  sessions: unknown[];
  accounts: Record<string, { sessions: { success_url: string }[] }>;
}

const addressOf = (fact: string) => `https://app.test/${fact}`;

/** The connector as the suite drives it. */
const open: ConnectorSuite<ConnectorUnderTest & { stripe: StripeConnector }>["open"] = ({
  url,
  timeouts,
  app,
}) => {
  const { oauth, connector, close } = openStripe(
    {
      clientId: app.clientId,
      secretKey: app.clientSecret,
      products: {},
      webhookSecrets: [],
      planDefault: "free",
      url,
    },
    systemClock,
    timeouts,
  );
  if (connector === undefined) throw new Error("not opened");
  return {
    oauth,
    read: (account, signal) => connector.readAccount(account, signal),
    close,
    stripe: connector,
  };
};

describeConnector({
  name: "Stripe, plans",
  sandbox: stripeSandbox,
  open,
  paths: { token: "/oauth/token", read: "/v1/accounts" },
  writes: {
    path: "/v1/billing_portal",
    write: ({ stripe }, fact, { signal }) =>
      stripe.openPortalPage(
        { customerId: "cus_1", returnUrl: addressOf(fact), requestId: fact },
        signal,
      ),
    count: (state, fact) =>
      (state as State).portalSessions.filter((each) => each.return_url === addressOf(fact)).length,
  },
});

const orderOf = (fact: string) => ({
  checkoutId: Number(fact.replace(/\D/g, "")) + 1,
  invoiceUuid: "018f0000-0000-7000-8000-000000000001",
  invoiceNumber: fact,
  amount: 10_000,
  currency: "USD",
  successUrl: addressOf(fact),
  cancelUrl: addressOf(fact),
});

describeConnector({
  name: "Stripe, invoices",
  sandbox: stripeSandbox,
  open,
  paths: { token: "/oauth/token", read: "/v1/accounts" },
  writes: {
    path: "/v1/checkout/sessions",
    write: ({ stripe }, fact, { accessToken: account, signal }) =>
      stripe.payments.openPage(account, orderOf(fact), signal),
    count: (state, fact) =>
      ((state as State).accounts["acct_sandbox"]?.sessions ?? []).filter(
        (each) => each.success_url === addressOf(fact),
      ).length,
  },
});

test("a payment is read with all that became of it; money is given back once in each round", async () => {
  const { sandbox, providers, close } = await startStripe({ check: await findStripeCheck() });
  const account = "acct_sandbox";
  const signal = AbortSignal.timeout(60_000);
  const dashboard = async (path: string, body: unknown) =>
    await fetch(`${sandbox.url}/dashboard/${path}`, { method: "POST", body: JSON.stringify(body) });
  try {
    const { oauth, payments } = await connected(providers);
    expect(oauth).toBe(account);
    const page = await payments.openPage(account, orderOf("INV-7"), signal);
    await fetch(page.url, { redirect: "manual" });
    const { paymentIntent } = await payments.readPage(account, page.id, signal);
    if (paymentIntent === null) throw new Error("not paid");
    const order = { requestId: 7, round: 0, paymentIntent, amount: 4_000 };
    await payments.requestRefund(account, order, signal);
    await payments.requestRefund(account, order, signal);
    // It breaks down over there, and Stripe keeps that for its key: another round is another key.
    await dashboard("keys/break", { path: "/v1/refunds" });
    const next = { ...order, requestId: 8, amount: 1_000 };
    for (let times = 0; times < 2; times += 1) {
      await expect(payments.requestRefund(account, next, signal)).rejects.toBeInstanceOf(
        WriteUnconfirmed,
      );
    }
    await payments.requestRefund(account, { ...next, round: 1 }, signal);
    await dashboard("disputes", { account, payment_intent: paymentIntent, amount: 5_000 });
    expect(await payments.readPayment(account, paymentIntent, signal)).toMatchObject({
      status: "succeeded",
      checkoutId: 8,
      invoiceUuid: orderOf("").invoiceUuid,
      amount: 10_000n,
      currency: "USD",
      fee: { amount: 320n, currency: "USD" },
      method: "card",
      refunds: [
        { amount: 4_000n, status: "succeeded", requestId: 7 },
        { amount: 1_000n, status: "succeeded", requestId: 8 },
      ],
      disputes: [{ amount: 5_000n, status: "needs_response", reason: "fraudulent" }],
    });
    await expect(
      payments.requestRefund(account, { ...order, requestId: 9, amount: 5_001 }, signal),
    ).rejects.toMatchObject({ providerCode: "amount_too_large" });
    await expect(payments.readPayment("acct_other", paymentIntent, signal)).rejects.toBeInstanceOf(
      ConnectionRevoked,
    );
    expect(await payments.closePage(account, page.id, signal)).toBe("complete");
    expect(sandbox.problems()).toEqual([]);
  } finally {
    await close();
  }
});

/** Lets the platform into the account. */
async function connected({ stripe, connections }: Providers) {
  const oauth = connections.providers.get("stripe");
  if (stripe === undefined || oauth === undefined || oauth.app === null)
    throw new Error("not open");
  const redirectUri = "https://nightledger.test/back";
  const page = await fetch(
    oauth.authorizeUrl({ app: oauth.app, redirectUri, state: "state", codeChallenge: null }),
    { redirect: "manual" },
  );
  const query = Object.fromEntries(new URL(page.headers.get("location") ?? "").searchParams);
  const code = query["code"] ?? "";
  const grant = await oauth.exchange({
    app: oauth.app,
    code,
    redirectUri,
    codeVerifier: null,
    query,
    signal: AbortSignal.timeout(20_000),
  });
  return { oauth: grant.externalId, payments: stripe.payments };
}

test("a customer, a page and a portal are made under keys of the business fact, and once", async () => {
  const { sandbox, providers, close } = await startStripe();
  const { stripe } = providers;
  if (stripe === undefined) throw new Error("not opened");
  const signal = AbortSignal.timeout(20_000);
  const user = { id: 7, email: "ann@example.test", name: "Ann" };
  const posts = (path: string) =>
    sandbox.requests().filter((each) => each.method === "POST" && each.path === path);
  const keysOf = (path: string) => posts(path).map(({ headers }) => headers["idempotency-key"]);
  try {
    // Both have looked before either wrote.
    const [one, other] = await Promise.all([
      stripe.ensureCustomer(user, signal),
      stripe.ensureCustomer(user, signal),
    ]);
    expect(one).toBe(other);
    expect(new Set(keysOf("/v1/customers")).size).toBe(1);
    expect(keysOf("/v1/customers")[0]).toMatch(/^nightledger-customer-[\da-f]{64}$/);

    const order = {
      customerId: one,
      priceId: "price_pro_monthly",
      successUrl: "https://app.test/?ok",
      cancelUrl: "https://app.test/",
    };
    // The page is made over there, and nobody hears of it.
    sandbox.fault({
      match: { method: "POST", path: "/v1/checkout/sessions" },
      fault: { kind: "drop", after: true },
    });
    await expect(stripe.openSubscriptionPage(order, signal)).rejects.toBeInstanceOf(
      WriteUnconfirmed,
    );
    const first = await stripe.openSubscriptionPage(order, signal);
    expect((sandbox.readState() as State).sessions).toHaveLength(1);
    // Long over: another page, under another key.
    sandbox.clock.advanceMs(25 * 3_600_000);
    const second = await stripe.openSubscriptionPage(order, signal);
    expect(second.id).not.toBe(first.id);
    expect(new Set(keysOf("/v1/checkout/sessions")).size).toBe(2);
    expect((await stripe.openSubscriptionPage(order, signal)).id).toBe(second.id);

    // The first request with the key is under way over there: whether it works nobody knows yet.
    sandbox.fault({
      match: { path: "/v1/billing_portal" },
      fault: {
        kind: "status",
        status: 409,
        body: { error: { type: "idempotency_error", message: "in progress" } },
      },
    });
    const portal = { customerId: one, returnUrl: "https://app.test/", requestId: "r-1" };
    await expect(stripe.openPortalPage(portal, signal)).rejects.toBeInstanceOf(WriteUnconfirmed);
    expect(await stripe.openPortalPage(portal, signal)).toMatch(/\/portal\/bps_/);
    // The same key for something else is our fault, and no trouble of theirs.
    await expect(
      stripe.openPortalPage({ ...portal, returnUrl: "https://other.test/" }, signal),
    ).rejects.toMatchObject({ providerCode: "idempotency_error" });

    for (const [status, error, providerCode] of [
      [401, { type: "invalid_request_error", message: "no key" }, "invalid_request_error"],
      [400, { type: "invalid_request_error", code: "resource_missing" }, "resource_missing"],
      [402, { type: "card_error", code: "card_declined", message: "declined" }, "card_declined"],
    ] as const) {
      sandbox.fault({ fault: { kind: "status", status, body: { error } } });
      const refused = await stripe
        .listSubscriptions(one, signal)
        .catch((thrown: unknown) => thrown);
      expect(refused).toBeInstanceOf(ProviderRejected);
      expect(refused).toMatchObject({ providerCode });
    }
  } finally {
    await close();
  }
});

test("disconnecting an account that is not connected any more is done already", async () => {
  const sandbox = await startProviderServer(stripeSandbox);
  const { oauth, close } = openStripe(stripeSettings(sandbox), systemClock);
  try {
    if (oauth.app === null) throw new Error("no app");
    const request = {
      app: oauth.app,
      credentials: { accessToken: "acct_gone", refreshToken: null, redirectUri: "" },
      externalId: "acct_gone",
      signal: AbortSignal.timeout(5_000),
    };
    await oauth.revoke(request);
    const app = { ...oauth.app, clientId: "ca_another" };
    sandbox.fault({
      fault: { kind: "status", status: 401, body: { error: "invalid_client" } },
    });
    await expect(oauth.revoke({ ...request, app })).rejects.toBeInstanceOf(ProviderRejected);
  } finally {
    close();
    await sandbox.close();
  }
});

test("the sandbox keeps answers by key and account as Stripe does", async () => {
  const { sandbox, providers, close } = await startStripe();
  try {
    await connected(providers);
    const post = async (
      key: string,
      { account, path = "/v1/customers", ...fields }: Record<string, string>,
    ) => {
      const answer = await fetch(`${sandbox.url}${path}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${sandbox.oauth.client.secret}`,
          "idempotency-key": key,
          ...(account !== undefined && { "stripe-account": account }),
        },
        body: new URLSearchParams(fields),
      });
      const body = (await answer.json()) as { id?: string; error?: { type: string; code: string } };
      const isReplayed = answer.headers.get("idempotent-replayed") === "true";
      return { status: answer.status, isReplayed, id: body.id, error: body.error };
    };
    const dashboard = async (path: string, body: object = {}) =>
      await fetch(`${sandbox.url}/dashboard/keys/${path}`, {
        method: "POST",
        body: JSON.stringify(body),
      });
    const ann = { email: "ann@example.test", name: "Ann" };
    const first = await post("a", ann);
    expect(first).toMatchObject({ status: 200, isReplayed: false });
    expect(await post("a", ann)).toMatchObject({ status: 200, isReplayed: true, id: first.id });
    const other = { ...ann, name: "Bea" };
    expect(await post("a", other)).toMatchObject({
      status: 400,
      error: { type: "idempotency_error" },
    });

    // Under way: whoever comes with its key meanwhile is told so.
    await dashboard("hold", { path: "/v1/customers" });
    const held = post("b", ann);
    await expect.poll(() => sandbox.requests().at(-1)?.headers["idempotency-key"]).toBe("b");
    expect(await post("b", ann)).toMatchObject({
      status: 409,
      error: { code: "idempotency_key_in_use" },
    });
    await dashboard("release");
    expect(await held).toMatchObject({ status: 200, isReplayed: false });
    expect(await post("b", ann)).toMatchObject({ isReplayed: true, id: (await held).id });

    // What breaks once it has begun is kept, what was refused for its form is not.
    await dashboard("break", { path: "/v1/customers" });
    expect(await post("c", ann)).toMatchObject({ status: 500, isReplayed: false });
    expect(await post("c", ann)).toMatchObject({ status: 500, isReplayed: true });
    const page = {
      path: "/v1/checkout/sessions",
      mode: "payment",
      "line_items[0][price_data][unit_amount]": "5000",
      "line_items[0][price_data][currency]": "usd",
    };
    const whole = { ...page, success_url: "https://app.test/" };
    expect(await post("d", page)).toMatchObject({
      status: 400,
      error: { code: "parameter_missing" },
    });
    const own = await post("d", whole);
    expect(own).toMatchObject({ status: 200, isReplayed: false });
    // A key is one account's; an account that did not let us in has none.
    const ofAccount = await post("d", { ...whole, account: "acct_sandbox" });
    expect(ofAccount).toMatchObject({ status: 200, isReplayed: false });
    expect(ofAccount.id).not.toBe(own.id);
    expect(await post("d", { ...whole, account: "acct_stranger" })).toMatchObject({
      status: 403,
      error: { code: "account_invalid" },
    });
    // A day later it is forgotten, and does whatever it is asked for again.
    sandbox.clock.advanceMs(24 * 3_600_000);
    expect(await post("a", other)).toMatchObject({ status: 200, isReplayed: false });
    expect(sandbox.problems()).toEqual([]);
  } finally {
    await close();
  }
});
