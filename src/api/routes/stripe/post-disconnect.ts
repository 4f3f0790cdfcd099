import { z } from "zod";
import { disconnectProvider } from "../../../actions/disconnect-provider.ts";
import { Conflict } from "../../../errors.ts";
import { getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";
import { stripeSignal } from "../billing/stripe.ts";
import { closePages } from "./close-pages.ts";

/** POST /settings/stripe/disconnect — withdraws our access to the account and forgets it here. */
export const postStripeDisconnectRoute = defineRoute({
  method: "post",
  path: "/settings/stripe/disconnect",
  summary: "Disconnect the Stripe account",
  description:
    "Closes the pages where clients could still pay, records what was paid on them, and forgets the " +
    "account whether or not Stripe can be told; the activity log says which. An attention item names the " +
    "invoices whose pages stay open. Nothing happens when none is connected.",
  tag: "Integrations",
  access: { scope: "integrations:write", minimumRole: "admin" },
  answers: { 200: z.object({ data: z.object({ message: z.string() }) }) },
  isTransactional: false,

  async run(context) {
    const { sql, clock, services, company, user, requestId } = context;
    await closePages(context, company.id);
    try {
      await disconnectProvider(
        { sql, clock, connectors: services.connectors, signal: stripeSignal() },
        { provider: getProvider(context, "stripe"), company, userId: user.id, requestId },
      );
    } catch (error) {
      if (!(error instanceof Conflict) || error.code !== "not_connected") throw error;
    }
    return { status: 200, body: { data: { message: "Stripe account disconnected." } } };
  },
});
