import type { SandboxRequest, SandboxRoute } from "../provider.ts";
import type { Thing } from "./books.ts";
import { apiRoute, list, pairsOf, type Desk } from "./desk.ts";
import { missing, noAccess, noSuch } from "./refusals.ts";

/** What a platform's own customers pay for plans with. */
export function planRoutes(desk: Desk): SandboxRoute[] {
  const { books, connect } = desk;
  return [
    apiRoute(desk, "GET", "/v1/accounts/:id", ({ params }) => {
      const { id = "" } = params;
      return connect.mayUse(id) ? { status: 200, body: connect.account(id) } : noAccess(id);
    }),
    apiRoute(desk, "GET", "/v1/prices", (request) => {
      const product = request.query.get("product");
      return list(
        books.prices.filter((price) => product === null || price["product"] === product),
        request,
      );
    }),
    apiRoute(desk, "GET", "/v1/customers", (request) => {
      const email = request.query.get("email");
      const found = books.customers.filter((each) => email === null || each["email"] === email);
      return list(found.toReversed(), request);
    }),
    apiRoute(desk, "POST", "/v1/customers", (request) => {
      const form = request.form();
      const [email, name] = [form.get("email") ?? "", form.get("name") ?? ""];
      const metadata = pairsOf(form, "metadata");
      return { status: 200, body: books.addCustomer({ email, name, metadata }) };
    }),
    apiRoute(desk, "GET", "/v1/checkout/sessions", (request) =>
      list(ofCustomer(books.sessions, request).toReversed(), request),
    ),
    apiRoute(desk, "POST", "/v1/billing_portal/sessions", (request) => {
      const form = request.form();
      const customer = form.get("customer");
      if (customer === null) return missing("customer");
      if (!books.customers.some(({ id }) => id === customer)) return noSuch("customer", customer);
      return { status: 200, body: books.addPortalSession(customer, form.get("return_url")) };
    }),
    apiRoute(desk, "GET", "/v1/invoices", (request) =>
      list(ofCustomer(books.invoices, request).toReversed(), request),
    ),
    apiRoute(desk, "GET", "/v1/subscriptions", (request) =>
      list(ofCustomer(books.subscriptions, request).toReversed(), request),
    ),
  ];
}

function ofCustomer(things: readonly Thing[], { query }: SandboxRequest): Thing[] {
  return things.filter(({ customer }) => customer === query.get("customer"));
}
