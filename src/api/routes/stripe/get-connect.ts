import { beginConnecting, connectAnswers, connectQuery, getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";

/** GET /settings/stripe/connect — sends a person to Stripe, to connect the company's account. */
export const getStripeConnectRoute = defineRoute({
  method: "get",
  path: "/settings/stripe/connect",
  summary: "Connect a Stripe account",
  description:
    "Redirects to Stripe's page, and leaves a cookie that ties the way back to this browser. 409 when " +
    "Stripe is not set up here, or the company has a test clock.",
  tag: "Integrations",
  access: "session",
  query: connectQuery,
  answers: connectAnswers,
  failures: [403, 404, 409],

  async run(context, { query }) {
    return await beginConnecting(context, getProvider(context, "stripe"), query);
  },
});
