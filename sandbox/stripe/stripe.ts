import type {
  SandboxAnswer,
  SandboxProvider,
  SandboxRequest,
  SandboxRoute,
  World,
} from "../provider.ts";
import { createBooks, plansSold, type Thing } from "./books.ts";
import { createIdempotencyStore } from "./idempotency.ts";
import { missing, noAccess, noSuch, refusal } from "./refusals.ts";

/** Whoever agrees on the page of Connect has this account. */
const ACCOUNT = "acct_sandbox";
const PER_PAGE = 10;
const PER_PAGE_MAX = 100;

/** Stripe: Connect, and what a platform's own customers pay for plans with. */
export const stripeSandbox: SandboxProvider = {
  name: "stripe",
  oauth: { accessMs: null, codeMs: 300_000, refresh: "none" },
  settings: (url, { id, secret }) => ({
    STRIPE_URL: url,
    STRIPE_CLIENT_ID: id,
    STRIPE_SECRET_KEY: secret,
    STRIPE_PRODUCTS: plansSold.map(([plan]) => `${plan}=prod_${plan}`).join(","),
  }),
  create(world) {
    const books = createBooks(world);
    const connect = createConnect(world);
    return {
      routes: [
        ...connect.routes,
        ...apiRoutes(world, books, connect),
        {
          method: "GET",
          path: "/pay/:id",
          run({ params }) {
            books.expireSessions();
            const session = books.sessions.find(({ id }) => id === params["id"]);
            if (session?.status !== "open") return { status: 410, body: "This page is closed." };
            books.complete(session);
            return { status: 302, headers: { location: session.success_url } };
          },
        },
      ],
      readState: () => ({
        customers: books.customers,
        sessions: books.sessions,
        portalSessions: books.portalSessions,
        subscriptions: books.subscriptions,
        invoices: books.invoices,
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

type Books = ReturnType<typeof createBooks>;

function apiRoutes({ clock, oauth }: World, books: Books, { mayUse }: Connect): SandboxRoute[] {
  const store = createIdempotencyStore(clock);

  function route(
    method: "GET" | "POST",
    path: string,
    run: (request: SandboxRequest) => SandboxAnswer,
  ): SandboxRoute {
    return {
      method,
      path,
      run(request) {
        if (request.bearer !== oauth.client.secret) {
          return refusal(401, "Invalid API Key provided.");
        }
        const account = request.headers["stripe-account"] ?? "";
        if (account !== "" && !mayUse(account)) return noAccess(account);
        books.expireSessions();
        return method === "GET" ? run(request) : store.answer(request, account, () => run(request));
      },
    };
  }

  return [
    route("GET", "/v1/accounts/:id", ({ params }) => {
      const { id = "" } = params;
      if (!mayUse(id)) return noAccess(id);
      const body = {
        id,
        object: "account",
        type: "standard",
        charges_enabled: true,
        payouts_enabled: true,
        email: "owner@example.test",
        business_profile: { name: "Acme Corp" },
        settings: {
          branding: {},
          card_payments: {},
          dashboard: { display_name: "Acme Corp" },
          payments: {},
        },
      };
      return { status: 200, body };
    }),
    route("GET", "/v1/prices", (request) => {
      const product = request.query.get("product");
      return list(
        books.prices.filter((price) => product === null || price["product"] === product),
        request,
      );
    }),
    route("GET", "/v1/customers", (request) => {
      const email = request.query.get("email");
      const found = books.customers.filter((each) => email === null || each["email"] === email);
      return list(found.toReversed(), request);
    }),
    route("POST", "/v1/customers", (request) => {
      const form = request.form();
      const [email, name] = [form.get("email") ?? "", form.get("name") ?? ""];
      const body = books.addCustomer({ email, name, metadata: metadataOf(form) });
      return { status: 200, body };
    }),
    route("GET", "/v1/checkout/sessions", (request) =>
      list(ofCustomer(books.sessions, request).toReversed(), request),
    ),
    route("POST", "/v1/checkout/sessions", (request) => {
      const form = request.form();
      const customer = form.get("customer");
      const price = form.get("line_items[0][price]");
      const successUrl = form.get("success_url");
      if (customer === null) return missing("customer");
      if (price === null) return missing("line_items");
      if (successUrl === null) return missing("success_url");
      if (!books.customers.some(({ id }) => id === customer)) return noSuch("customer", customer);
      if (!books.prices.some(({ id }) => id === price)) return noSuch("price", price);
      const body = books.addSession({
        customer,
        price,
        success_url: successUrl,
        cancel_url: form.get("cancel_url"),
        metadata: metadataOf(form),
      });
      return { status: 200, body: { ...body, price: undefined } };
    }),
    route("POST", "/v1/billing_portal/sessions", (request) => {
      const form = request.form();
      const customer = form.get("customer");
      if (customer === null) return missing("customer");
      if (!books.customers.some(({ id }) => id === customer)) return noSuch("customer", customer);
      return { status: 200, body: books.addPortalSession(customer, form.get("return_url")) };
    }),
    route("GET", "/v1/invoices", (request) =>
      list(ofCustomer(books.invoices, request).toReversed(), request),
    ),
    route("GET", "/v1/subscriptions", (request) =>
      list(ofCustomer(books.subscriptions, request).toReversed(), request),
    ),
  ];
}

function ofCustomer(things: readonly Thing[], { query }: SandboxRequest): Thing[] {
  return things.filter(({ customer }) => customer === query.get("customer"));
}

/** One page of a list, by cursor. */
function list(things: readonly Thing[], { path, query }: SandboxRequest): SandboxAnswer {
  const limit = Number(query.get("limit") ?? PER_PAGE);
  if (!(limit >= 1 && limit <= PER_PAGE_MAX)) {
    return refusal(400, "This value must be from 1 to 100.", { param: "limit" });
  }
  const after = query.get("starting_after");
  const start = after === null ? 0 : things.findIndex(({ id }) => id === after) + 1;
  const data = things.slice(start, start + limit);
  const body = { object: "list", url: path, has_more: start + limit < things.length, data };
  return { status: 200, body };
}

function metadataOf(form: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...form].flatMap(([name, value]) => {
      const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
      return key === undefined ? [] : [[key, value]];
    }),
  );
}
