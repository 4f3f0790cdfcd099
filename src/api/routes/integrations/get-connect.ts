import { beginConnecting, connectAnswers, connectQuery, getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";
import { providerParams } from "./schema.ts";

/** GET /integrations/:provider/connect — sends a person to the provider, to let us in there. */
export const getConnectRoute = defineRoute({
  method: "get",
  path: "/integrations/:provider/connect",
  summary: "Connect to a provider",
  description:
    "Redirects to the provider's page, and leaves a cookie that ties the way back to this browser. " +
    "409 when the provider is not set up here, or the company has a test clock.",
  tag: "Integrations",
  access: { scope: "integrations:write", minimumRole: "admin", sessionOnly: true },
  params: providerParams,
  query: connectQuery,
  answers: connectAnswers,
  failures: [409],

  async run(context, { params, query }) {
    return await beginConnecting(context, getProvider(context, params.provider), query);
  },
});
