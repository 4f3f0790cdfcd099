import type { SandboxProvider } from "../provider.ts";
import { createBooks, plansSold } from "./books.ts";
import { createConnect } from "./connect.ts";
import { dashboardRoutes } from "./dashboard-routes.ts";
import type { Desk } from "./desk.ts";
import { createEvents, WEBHOOK_SECRET } from "./events.ts";
import { createIdempotencyStore } from "./idempotency.ts";
import { createLedgers } from "./ledger.ts";
import { paymentRoutes } from "./payment-routes.ts";
import { planRoutes } from "./plan-routes.ts";

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
    const connect = createConnect(world, events);
    const desk: Desk = { world, books, ledgers, events, store, connect };
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
