import { callbackQuery, finishConnecting, getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";

/** GET /settings/freshbooks/callback — where FreshBooks sends the browser back to. */
export const getFreshBooksCallbackRoute = defineRoute({
  method: "get",
  path: "/settings/freshbooks/callback",
  summary: "Finish connecting to FreshBooks",
  description:
    "Public: this browser's signed cookie says who comes back, for FreshBooks returns no state. " +
    "Redirects to where the person came from, with `connected` or `connect_error` in the address.",
  tag: "FreshBooks",
  access: "public",
  query: callbackQuery,
  answers: { 302: null },
  failures: [400, 403, 404, 409, 502],

  async run(context, { query }) {
    return await finishConnecting(context, getProvider(context, "freshbooks"), query);
  },
});
