import { z } from "zod";
import { saveCompanyApp } from "../../../actions/connect-provider.ts";
import { recordAudit } from "../../../db/audit.ts";
import { Conflict } from "../../../errors.ts";
import { getProvider } from "../../connecting.ts";
import { defineRoute } from "../../define-route.ts";
import { requiredText } from "../../inputs.ts";
import { messageAnswer, messageJson } from "./schema.ts";

/** POST /settings/freshbooks/credentials — keeps the client that the company registered there. */
export const postFreshBooksCredentialsRoute = defineRoute({
  method: "post",
  path: "/settings/freshbooks/credentials",
  summary: "Save the credentials of a FreshBooks app",
  description: "Sealed, and never shown again. They outlive a disconnect.",
  tag: "FreshBooks",
  access: { scope: "integrations:write", minimumRole: "admin" },
  body: z.strictObject({ client_id: requiredText(255), client_secret: requiredText(255) }),
  answers: { 200: messageJson },

  async run(context, { body }) {
    const { tx, company, user, clock, services, requestId } = context;
    const { keys } = services.connectors.connections;
    if (keys.ids.length === 0) {
      throw new Conflict(
        "Credentials cannot be kept here; whoever runs this installation can help.",
        {
          code: "provider_not_set_up",
        },
      );
    }
    await saveCompanyApp(tx, {
      keys,
      provider: getProvider(context, "freshbooks"),
      companyId: company.id,
      app: { clientId: body.client_id, clientSecret: body.client_secret },
      userId: user.id,
      now: clock.now(),
    });
    await recordAudit(tx, {
      companyId: company.id,
      userId: user.id,
      action: "connection.credentials-saved",
      subjectType: "connection",
      details: { provider: "freshbooks" },
      requestId,
    });
    return messageAnswer("Credentials saved");
  },
});
