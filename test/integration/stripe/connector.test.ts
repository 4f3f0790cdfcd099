import { expect, test } from "vitest";
import { startProviderServer } from "../../../sandbox/server.ts";
import { stripeSandbox } from "../../../sandbox/stripe/stripe.ts";
import { openStripe } from "../../../src/connectors/stripe/open-stripe.ts";
import { ProviderRejected, WriteUnconfirmed } from "../../../src/errors.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { describeConnector } from "../../support/connector-suite.ts";
import { stripeSettings, startStripe } from "../../support/stripe.ts";

interface State {
  portalSessions: { return_url: string }[];
  sessions: unknown[];
}

const addressOf = (fact: string) => `https://app.test/${fact}`;

describeConnector({
  name: "Stripe",
  sandbox: stripeSandbox,
  open({ url, timeouts, app }) {
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
      write: (_account, fact, signal) =>
        connector.openPortalPage(
          { customerId: "cus_1", returnUrl: addressOf(fact), requestId: fact },
          signal,
        ),
      close,
    };
  },
  paths: { token: "/oauth/token", read: "/v1/accounts", write: "/v1/billing_portal" },
  countWritten: (state, fact) =>
    (state as State).portalSessions.filter((each) => each.return_url === addressOf(fact)).length,
});

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
