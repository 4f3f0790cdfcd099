import type { SandboxAnswer, SandboxRequest, SandboxRoute } from "../provider.ts";
import { apiRoute, list, pairsOf, type Desk } from "./desk.ts";
import { missing, noSuch, refusal } from "./refusals.ts";

/** Stripe charges nothing less, in the smallest unit: half a dollar. */
const AMOUNT_MIN = 50;

/** What clients pay connected accounts with. */
export function paymentRoutes(desk: Desk): SandboxRoute[] {
  const { books, ledgers, events } = desk;
  return [
    apiRoute(desk, "POST", "/v1/checkout/sessions", (request, account) => {
      const form = request.form();
      const successUrl = form.get("success_url");
      if (successUrl === null) return missing("success_url");
      return form.get("mode") === "payment"
        ? addPage(desk, account, form, successUrl)
        : addSubscriptionPage(desk, form, successUrl);
    }),
    apiRoute(desk, "GET", "/v1/checkout/sessions/:id", ({ params }, account) => {
      const { id = "" } = params;
      const page = ledgers.of(account).sessions.find((each) => each.id === id);
      return page === undefined ? noSuch("checkout.session", id) : { status: 200, body: page };
    }),
    apiRoute(desk, "POST", "/v1/checkout/sessions/:id/expire", ({ params }, account) => {
      const { id = "" } = params;
      const page = ledgers.of(account).sessions.find((each) => each.id === id);
      if (page === undefined) return noSuch("checkout.session", id);
      if (page.status !== "open") {
        return refusal(400, "Only Checkout Sessions with a status in [open] can be expired.");
      }
      ledgers.closePage(account, page);
      return { status: 200, body: page };
    }),
    apiRoute(desk, "GET", "/v1/payment_intents/:id", ({ params, query }, account) => {
      const { id = "" } = params;
      const intent = ledgers.of(account).paymentIntents.find((each) => each.id === id);
      if (intent === undefined) return noSuch("payment_intent", id);
      const isExpanded = [...query.values()].includes("latest_charge.balance_transaction");
      const body = isExpanded
        ? { ...intent, latest_charge: ledgers.expand(account, intent) }
        : intent;
      return { status: 200, body };
    }),
    apiRoute(desk, "POST", "/v1/refunds", (request, account) => refund(desk, account, request)),
    apiRoute(desk, "GET", "/v1/refunds", (request, account) =>
      list(ofPayment(ledgers.of(account).refunds, request).toReversed(), request),
    ),
    apiRoute(desk, "GET", "/v1/disputes", (request, account) =>
      list(ofPayment(ledgers.of(account).disputes, request).toReversed(), request),
    ),
    {
      method: "GET",
      path: "/pay/:id",
      async run({ params, query }) {
        books.expireSessions();
        ledgers.expirePages();
        const successUrl = pay(desk, params["id"] ?? "", query.get("method") ?? "card");
        if (successUrl === undefined) return { status: 410, body: "This page is closed." };
        await events.send();
        return { status: 302, headers: { location: successUrl } };
      },
    },
  ];
}

function refund({ ledgers }: Desk, account: string, request: SandboxRequest): SandboxAnswer {
  const form = request.form();
  const id = form.get("payment_intent");
  if (id === null) return missing("payment_intent");
  const charge = ledgers.of(account).charges.find((each) => each.payment_intent === id);
  if (charge === undefined) return noSuch("payment_intent", id);
  const amount = Number(form.get("amount") ?? charge.amount - charge.amount_refunded);
  const made = ledgers.refund(account, charge, { amount, metadata: pairsOf(form, "metadata") });
  return "message" in made && typeof made.message === "string"
    ? refusal(400, made.message, { code: String(made["code"]) })
    : { status: 200, body: made };
}

function ofPayment<Of extends { payment_intent: string }>(
  things: readonly Of[],
  { query }: SandboxRequest,
): Of[] {
  const id = query.get("payment_intent");
  return things.filter((each) => id === null || each.payment_intent === id);
}

/** Somebody opens a page, and pays. Returns where they go next. */
function pay({ books, ledgers }: Desk, id: string, method: string): string | undefined {
  const session = books.sessions.find((each) => each.id === id);
  if (session?.status === "open") {
    books.complete(session);
    return session.success_url;
  }
  const found = ledgers.findPage(id);
  if (found?.page.status !== "open") return undefined;
  ledgers.pay(found.account, found.page, method);
  return found.page.success_url;
}

function addPage(
  { ledgers }: Desk,
  account: string,
  form: URLSearchParams,
  successUrl: string,
): SandboxAnswer {
  const line = pairsOf(form, "line_items[0][price_data]");
  const amount = Number(line["unit_amount"]);
  const currency = line["currency"];
  if (currency === undefined || !Number.isInteger(amount)) return missing("line_items");
  if (amount < AMOUNT_MIN) {
    const text = "The Checkout Session's total amount due must add up to at least $0.50 usd";
    return refusal(400, text, { code: "amount_too_small" });
  }
  const page = ledgers.addPage(account, {
    amount,
    currency,
    reference: form.get("client_reference_id"),
    successUrl,
    cancelUrl: form.get("cancel_url"),
    metadata: pairsOf(form, "metadata"),
    intentMetadata: pairsOf(form, "payment_intent_data[metadata]"),
  });
  return { status: 200, body: page };
}

function addSubscriptionPage(
  { books }: Desk,
  form: URLSearchParams,
  successUrl: string,
): SandboxAnswer {
  const customer = form.get("customer");
  const price = form.get("line_items[0][price]");
  if (customer === null) return missing("customer");
  if (price === null) return missing("line_items");
  if (!books.customers.some(({ id }) => id === customer)) return noSuch("customer", customer);
  if (!books.prices.some(({ id }) => id === price)) return noSuch("price", price);
  const body = books.addSession({
    customer,
    price,
    success_url: successUrl,
    cancel_url: form.get("cancel_url"),
    metadata: pairsOf(form, "metadata"),
  });
  return { status: 200, body: { ...body, price: undefined } };
}
