import { callbackQuery, finishConnecting, getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";
import { providerParams } from "./schema.ts";

/** GET /integrations/:provider/callback — where the provider sends the browser back to. */
export const getCallbackRoute = defineRoute({
  method: "get",
  path: "/integrations/:provider/callback",
  summary: "Finish connecting to a provider",
  description:
    "Public: the state and this browser's cookie say who comes back. Redirects to where the person " +
    "came from, with `connected` or `connect_error` in the address. 400 when nobody of this browser " +
    "began this, 502 when the provider refuses the code.",
  tag: "Integrations",
  access: "public",
  params: providerParams,
  query: callbackQuery,
  answers: { 302: null },
  failures: [400, 403, 404, 409, 502],

  async run(context, { params, query }) {
    return await finishConnecting(context, getProvider(context, params.provider), query);
  },
});
