import { ProviderRejected } from "../../../errors.ts";
import { callbackQuery, finishConnecting, getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";

/** GET /settings/stripe/callback — where Stripe sends the browser back to. */
export const getStripeCallbackRoute = defineRoute({
  method: "get",
  path: "/settings/stripe/callback",
  summary: "Finish connecting a Stripe account",
  description:
    "Public: the state and this browser's cookie say who comes back. Redirects to where the person " +
    "came from, with `connected` or `connect_error` in the address. 400 when nobody of this browser " +
    "began this, 502 when Stripe refuses the code.",
  tag: "Integrations",
  access: "public",
  query: callbackQuery,
  answers: { 302: null },
  failures: [400, 403, 404, 409, 502],

  async run(context, { query }) {
    try {
      return await finishConnecting(context, getProvider(context, "stripe"), query);
    } catch (error) {
      if (!(error instanceof ProviderRejected)) throw error;
      const { code } = error;
      throw new ProviderRejected("Failed to connect Stripe account.", { cause: error, code });
    }
  },
});
