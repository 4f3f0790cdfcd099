import type { SandboxProvider, SandboxRoute, World } from "../provider.ts";
import { createBooks, plansSold } from "./books.ts";
import { dashboardRoutes } from "./dashboard-routes.ts";
import type { Desk } from "./desk.ts";
import { createEvents, WEBHOOK_SECRET } from "./events.ts";
import { createIdempotencyStore } from "./idempotency.ts";
import { createLedgers } from "./ledger.ts";
import { paymentRoutes } from "./payment-routes.ts";
import { planRoutes } from "./plan-routes.ts";

/** Whoever agrees on the page of Connect has this account. */
const ACCOUNT = "acct_sandbox";

/** Stripe: Connect, what a platform's own customers pay for plans, and what clients pay accounts. */
export const stripeSandbox: SandboxProvider = {
  name: "stripe",
  oauth: { accessMs: null, codeMs: 300_000, refresh: "none" },
  settings: (url, { id, secret }) => ({
    STRIPE_URL: url,
    STRIPE_CLIENT_ID: id,
    STRIPE_SECRET_KEY: secret,
    STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    STRIPE_PRODUCTS: plansSold.map(([plan]) => `${plan}=prod_${plan}`).join(","),
  }),
  create(world) {
    let counter = 0;
    const nextId = (prefix: string) => {
      counter += 1;
      return `${prefix}_${counter}`;
    };
    const events = createEvents({ ...world, nextId });
    const books = createBooks({ ...world, nextId, events });
    // What was paid is kept over there and here for ever: started anew, the sandbox names it otherwise.
    const epoch = world.clock.now().getTime().toString(36);
    const ledgers = createLedgers({
      ...world,
      nextId: (prefix) => nextId(`${prefix}_${epoch}`),
      events,
    });
    const store = createIdempotencyStore(world.clock);
    const connect = createConnect(world);
    const desk: Desk = { world, books, ledgers, events, store, mayUse: connect.mayUse };
    return {
      routes: [
        ...connect.routes,
        ...planRoutes(desk),
        ...paymentRoutes(desk),
        ...dashboardRoutes(desk),
      ],
      readState: () => ({
        customers: books.customers,
        sessions: books.sessions,
        portalSessions: books.portalSessions,
        subscriptions: books.subscriptions,
        invoices: books.invoices,
        accounts: ledgers.all(),
        events: events.events,
      }),
      seed({ clients, invoices }) {
        for (let number = 1; number <= clients; number += 1) {
          const email = `customer-${number}@example.test`;
          books.addCustomer({ email, name: `Customer ${number}`, metadata: {} });
        }
        for (let number = 1; number <= invoices && books.customers.length > 0; number += 1) {
          const customer = books.customers[Math.floor(world.random() * books.customers.length)];
          if (customer !== undefined) {
            books.addInvoice(customer, { amount: 900, number: `SEED-${number}` });
          }
        }
      },
    };
  },
};

interface Connect {
  routes: SandboxRoute[];
  mayUse: (account: string) => boolean;
}

/** The platform and who has let it in. */
function createConnect({ oauth }: World): Connect {
  let grant: string | undefined;
  const mayUse = (account: string) => account === ACCOUNT && oauth.judge(grant) === "valid";
  return {
    mayUse,
    routes: [
      { method: "GET", path: "/oauth/authorize", run: (request) => oauth.approve(request) },
      {
        method: "POST",
        path: "/oauth/token",
        run(request) {
          const form = request.form();
          const given = oauth.exchange({
            clientId: form.get("client_id"),
            clientSecret: form.get("client_secret"),
            code: form.get("code"),
            redirectUri: null,
          });
          if ("error" in given) {
            const body = { error: given.error, error_description: given.description };
            return { status: given.error === "invalid_client" ? 401 : 400, body };
          }
          grant = given.accessToken;
          return {
            status: 200,
            body: {
              access_token: given.accessToken,
              refresh_token: "rt_sandbox",
              token_type: "bearer",
              livemode: false,
              scope: given.scope,
              stripe_publishable_key: "pk_test_sandbox",
              stripe_user_id: ACCOUNT,
            },
          };
        },
      },
      {
        method: "POST",
        path: "/oauth/deauthorize",
        run(request) {
          const form = request.form();
          const account = form.get("stripe_user_id") ?? "";
          const isPlatform =
            request.bearer === oauth.client.secret && form.get("client_id") === oauth.client.id;
          if (!isPlatform || !mayUse(account)) {
            const body = {
              error: "invalid_client",
              error_description: `This application is not connected to stripe account ${account}, or that account does not exist.`,
            };
            return { status: 401, body };
          }
          oauth.revoke(grant ?? null);
          return { status: 200, body: { stripe_user_id: account } };
        },
      },
    ],
  };
}
