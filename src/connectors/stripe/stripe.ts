import type { PlanName } from "../../billing/plans.ts";
import type { Clock } from "../../platform/clock.ts";
import type { StripeClient } from "./client.ts";
import type { PlanPrice, StripeConnector } from "./contract.ts";
import { keyOf } from "./idempotency-keys.ts";
import { createStripePayments } from "./payments.ts";
import { readStripeEvent } from "./webhook.ts";
import {
  Account,
  Customer,
  Customers,
  Invoices,
  PortalSession,
  Prices,
  Session,
  Subscriptions,
} from "./schemas.ts";
import { z } from "zod";
import { WriteUnconfirmed } from "../../errors.ts";

/** The contract's: prices are remembered for so long, in milliseconds. */
const PRICES_KEPT_MS = 3_600_000;
const PRICES_MAX = 1_000;
/** Whose customer it is, in what Stripe keeps with it. */
const USER_KEY = "nightledger_user";
const PRICE_KEY = "price_id";

/** The product at Stripe that each plan is sold as. */
export type PlanProducts = Readonly<Partial<Record<PlanName, string>>>;

/** Stripe, as the rest of the product sees it. */
export function createStripe({
  client,
  products,
  clock,
  isLive,
  planDefault,
  webhookSecrets,
}: {
  client: StripeClient;
  products: PlanProducts;
  clock: Clock;
  isLive: boolean;
  planDefault: PlanName;
  webhookSecrets: readonly string[];
}): StripeConnector {
  const sold = new Map(Object.entries(products)) as Map<PlanName, string>; // oxlint-disable-line typescript/no-unsafe-type-assertion -- the keys of that type
  let known: { at: number; prices: ReadonlyMap<PlanName, readonly PlanPrice[]> } | undefined;

  return {
    payments: createStripePayments(client),
    isLive,
    planDefault,
    readEvent:
      webhookSecrets.length === 0
        ? undefined
        : (bytes, said) => readStripeEvent(bytes, { ...said, secrets: webhookSecrets }),

    sells: (plan): plan is PlanName => sold.has(plan as PlanName), // oxlint-disable-line typescript/no-unsafe-type-assertion -- only looked up

    async listPrices(signal) {
      const now = clock.now().getTime();
      if (known !== undefined && now - known.at < PRICES_KEPT_MS) return known.prices;
      const lists = await Promise.all(
        [...sold].map(
          async ([plan, product]) => [plan, await readPrices(client, product, signal)] as const,
        ),
      );
      known = { at: now, prices: new Map(lists) };
      return known.prices;
    },

    async readAccount(account, signal) {
      const found = await client({
        what: "read an account",
        schema: Account,
        signal,
        isWrite: false,
        request: (stripe) => stripe.accounts.retrieve(account),
      });
      const name =
        found.settings?.dashboard?.display_name || found.business_profile?.name || found.email;
      return {
        name: name ?? null,
        chargesEnabled: found.charges_enabled,
        payoutsEnabled: found.payouts_enabled,
      };
    },

    async ensureCustomer({ id, email, name }, signal) {
      const customers = await client({
        what: "look a customer up",
        schema: Customers,
        signal,
        isWrite: false,
        request: (stripe) => stripe.customers.list({ email, limit: 100 }).then(({ data }) => data),
      });
      const found = customers.find(({ metadata }) => metadata[USER_KEY] === String(id));
      if (found !== undefined) return found.id;
      const metadata = { [USER_KEY]: String(id) };
      const made = await client({
        what: "make a customer",
        schema: Customer,
        signal,
        isWrite: true,
        request: (stripe) =>
          stripe.customers.create(
            { email, name, metadata },
            { idempotencyKey: keyOf("customer", id, email, name) },
          ),
      });
      return made.id;
    },

    async openSubscriptionPage({ customerId, priceId, successUrl, cancelUrl }, signal) {
      const sessions = await client({
        what: "look checkout pages up",
        schema: z.array(Session),
        signal,
        isWrite: false,
        request: (stripe) =>
          stripe.checkout.sessions
            .list({ customer: customerId, limit: 100 })
            .then(({ data }) => data),
      });
      const open = sessions.find(
        (session) => session.status === "open" && session.metadata?.[PRICE_KEY] === priceId,
      );
      if (open !== undefined && open.url !== null) return { id: open.id, url: open.url };
      const made = await client({
        what: "open a checkout page",
        schema: Session,
        signal,
        isWrite: true,
        request: (stripe) =>
          stripe.checkout.sessions.create(
            {
              mode: "subscription",
              customer: customerId,
              line_items: [{ price: priceId, quantity: 1 }],
              success_url: successUrl,
              cancel_url: cancelUrl,
              metadata: { [PRICE_KEY]: priceId },
            },
            // The page before it tells this one from those that are over.
            {
              idempotencyKey: keyOf(
                "subscribe",
                customerId,
                priceId,
                successUrl,
                cancelUrl,
                sessions[0]?.id ?? "first",
              ),
            },
          ),
      });
      if (made.url === null) throw new WriteUnconfirmed("Stripe: the checkout page has no address");
      return { id: made.id, url: made.url };
    },

    async openPortalPage({ customerId, returnUrl, requestId }, signal) {
      const { url } = await client({
        what: "open the billing portal",
        schema: PortalSession,
        signal,
        isWrite: true,
        request: (stripe) =>
          stripe.billingPortal.sessions.create(
            { customer: customerId, return_url: returnUrl },
            { idempotencyKey: keyOf("portal", requestId) },
          ),
      });
      return url;
    },

    async listInvoices({ customerId, limit }, signal) {
      const invoices = await client({
        what: "list invoices",
        schema: Invoices,
        signal,
        isWrite: false,
        request: (stripe) =>
          stripe.invoices.list({ customer: customerId, limit }).then(({ data }) => data),
      });
      return invoices.map((invoice) => ({
        id: invoice.id,
        number: invoice.number ?? null,
        amount: invoice.total,
        currency: invoice.currency,
        status: invoice.status ?? null,
        createdAt: invoice.created,
        pdfUrl: invoice.invoice_pdf ?? null,
      }));
    },

    async listSubscriptions(customerId, signal) {
      const subscriptions = await client({
        what: "list subscriptions",
        schema: Subscriptions,
        signal,
        isWrite: false,
        request: (stripe) =>
          stripe.subscriptions
            .list({ customer: customerId, status: "all", limit: 100 })
            .then(({ data }) => data),
      });
      return subscriptions.map(({ id, status, created, trial_end: trialEnd, items }) => {
        const bought = items.data.map(({ price }) => price.product);
        const plan = [...sold].find(([, product]) => bought.includes(product))?.[0];
        return {
          id,
          status,
          plan: plan ?? null,
          createdAt: created,
          trialEndsAt: trialEnd ?? null,
          currentPeriodEnd: items.data[0]?.current_period_end ?? null,
        };
      });
    },
  };
}

async function readPrices(
  client: StripeClient,
  product: string,
  signal: AbortSignal,
): Promise<PlanPrice[]> {
  const prices = await client({
    what: "list prices",
    schema: Prices,
    signal,
    isWrite: false,
    request: (stripe) =>
      stripe.prices
        .list({ product, active: true, type: "recurring", limit: 100 })
        .autoPagingToArray({ limit: PRICES_MAX }),
  });
  return prices.flatMap(({ id, currency, unit_amount: amount, recurring }) =>
    // Metered prices and tiers have no amount of their own.
    amount === null || recurring === null
      ? []
      : [
          {
            id,
            amount,
            currency,
            interval: recurring.interval,
            intervalCount: recurring.interval_count,
          },
        ],
  );
}
