import type { SandboxClock } from "../clock.ts";
import type { Events, NextId } from "./events.ts";

/** What Stripe holds, each as its API shows it. The contract of 2023 asks for more than we read. */
export interface Thing {
  id: string;
  [key: string]: unknown;
}

export interface Session extends Thing {
  status: "open" | "complete" | "expired";
  url: string | null;
  customer: string;
  price: string;
  success_url: string;
}

const MONTH_SECONDS = 30 * 86_400;
/** A page is open for a day. */
const SESSION_SECONDS = 86_400;

/** Each plan's product, with what it costs. */
export const plansSold = [
  ["starter", 900, 9_000],
  ["pro", 1_800, 18_000],
  ["enterprise", 9_900, 99_000],
] as const;

export function createBooks({
  clock,
  url,
  nextId,
  events,
}: {
  clock: SandboxClock;
  url: string;
  nextId: NextId;
  events: Events;
}) {
  const seconds = () => Math.floor(clock.now().getTime() / 1_000);
  const prices = plansSold.flatMap(([plan, month, year]) => [
    price(`price_${plan}_monthly`, { product: `prod_${plan}`, amount: month, interval: "month" }),
    price(`price_${plan}_annual`, { product: `prod_${plan}`, amount: year, interval: "year" }),
  ]);
  const customers: Thing[] = [];
  const sessions: Session[] = [];
  const portalSessions: Thing[] = [];
  const subscriptions: Thing[] = [];
  const invoices: Thing[] = [];

  function addCustomer(fields: { email: string; name: string; metadata: object }): Thing {
    const customer = {
      id: nextId("cus"),
      object: "customer",
      created: seconds(),
      livemode: false,
      ...fields,
    };
    customers.push(customer);
    return customer;
  }

  function addInvoice(
    customer: Thing,
    { amount, number }: { amount: number; number: string },
  ): void {
    const id = nextId("in");
    const invoice = {
      id,
      object: "invoice",
      number,
      customer: customer.id,
      currency: "usd",
      status: "paid",
      created: seconds(),
      total: amount,
      amount_due: amount,
      amount_paid: amount,
      amount_remaining: 0,
      livemode: false,
      invoice_pdf: `${url}/pdf/${id}`,
    };
    invoices.push(invoice);
    events.tell("", "invoice.paid", invoice);
  }

  return {
    prices,
    customers,
    sessions,
    portalSessions,
    subscriptions,
    invoices,
    addCustomer,
    addInvoice,

    addSession(fields: {
      customer: string;
      price: string;
      success_url: string;
      cancel_url: string | null;
      metadata: object;
    }): Session {
      const id = nextId("cs_test");
      const session: Session = {
        id,
        object: "checkout.session",
        mode: "subscription",
        status: "open",
        payment_status: "unpaid",
        url: `${url}/pay/${id}`,
        created: seconds(),
        expires_at: seconds() + SESSION_SECONDS,
        livemode: false,
        automatic_tax: { enabled: false, status: null },
        custom_fields: [],
        custom_text: { shipping_address: null, submit: null },
        payment_method_types: ["card"],
        shipping_options: [],
        ...fields,
      };
      sessions.push(session);
      return session;
    },

    addPortalSession(customer: string, returnUrl: string | null): Thing {
      const id = nextId("bps");
      const session = {
        id,
        object: "billing_portal.session",
        configuration: "bpc_1",
        created: seconds(),
        customer,
        livemode: false,
        return_url: returnUrl,
        url: `${url}/portal/${id}`,
      };
      portalSessions.push(session);
      return session;
    },

    /** Somebody pays on the page: there is a subscription, and its first invoice. */
    complete(session: Session): void {
      session.status = "complete";
      session.url = null;
      session["payment_status"] = "paid";
      const bought = prices.find(({ id }) => id === session.price);
      const customer = customers.find(({ id }) => id === session.customer);
      if (bought === undefined || customer === undefined) return;
      const id = nextId("sub");
      const subscription: Thing = {
        id,
        object: "subscription",
        customer: session.customer,
        status: "active",
        created: seconds(),
        currency: "usd",
        livemode: false,
        trial_end: null,
        metadata: {},
        items: {
          object: "list",
          has_more: false,
          url: `/v1/subscription_items?subscription=${id}`,
          data: [
            {
              id: nextId("si"),
              object: "subscription_item",
              price: bought,
              quantity: 1,
              current_period_start: seconds(),
              current_period_end: seconds() + MONTH_SECONDS,
            },
          ],
        },
      };
      subscriptions.push(subscription);
      events.tell("", "customer.subscription.created", subscription);
      events.tell("", "checkout.session.completed", session);
      addInvoice(customer, { amount: Number(bought["unit_amount"]), number: `NL-${id}` });
    },

    /** A payment of a subscription fails, or it ends. False for one that is not there. */
    changeSubscription(id: string, status: string): boolean {
      const subscription = subscriptions.find((each) => each.id === id);
      if (subscription === undefined) return false;
      subscription["status"] = status;
      if (status === "past_due") {
        const invoice = { id: nextId("in"), object: "invoice", customer: subscription["customer"] };
        events.tell("", "invoice.payment_failed", invoice);
      }
      const how = status === "canceled" ? "deleted" : "updated";
      events.tell("", `customer.subscription.${how}`, subscription);
      return true;
    },

    /** Pages that nobody paid on in time. */
    expireSessions(): void {
      for (const session of sessions) {
        if (session.status !== "open" || Number(session["expires_at"]) > seconds()) continue;
        session.status = "expired";
        session.url = null;
      }
    },
  };
}

function price(
  id: string,
  { product, amount, interval }: { product: string; amount: number; interval: string },
): Thing {
  return {
    id,
    object: "price",
    active: true,
    billing_scheme: "per_unit",
    created: 1_767_225_600,
    currency: "usd",
    livemode: false,
    metadata: {},
    product,
    recurring: { interval, interval_count: 1, usage_type: "licensed" },
    type: "recurring",
    unit_amount: amount,
  };
}
