import { beginConnecting, connectAnswers, connectQuery, getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";

/** GET /settings/freshbooks/connect — sends a person to FreshBooks, to let us in there. */
export const getFreshBooksConnectRoute = defineRoute({
  method: "get",
  path: "/settings/freshbooks/connect",
  summary: "Connect to FreshBooks",
  description:
    "Redirects to FreshBooks' page, and leaves a signed cookie that ties the way back to this " +
    "browser. 409 when the credentials of the company's FreshBooks app were not saved before.",
  tag: "FreshBooks",
  access: { scope: "integrations:write", minimumRole: "admin", sessionOnly: true },
  query: connectQuery,
  answers: connectAnswers,
  failures: [409],

  async run(context, { query }) {
    return await beginConnecting(context, getProvider(context, "freshbooks"), query);
  },
});
