import { z } from "zod";
import { createWebhook } from "../../../actions/change-webhooks.ts";
import { requireFeature } from "../../../actions/require-plan.ts";
import { createWebhookSecret } from "../../../connectors/webhook-target/signature.ts";
import { defineRoute } from "../../define-route.ts";
import {
  checkUrl,
  createWebhookBody,
  presentWebhook,
  requireEventScopes,
  requireKeys,
  webhookWithSecretJson,
} from "./schema.ts";

/** POST /webhooks — where to be told of events from now on. */
export const postWebhookRoute = defineRoute({
  method: "post",
  path: "/webhooks",
  summary: "Create a webhook",
  description:
    "Requires a plan with API access. The signing secret is only returned here and when it is " +
    "rotated. A token needs the read scope of every event it asks for. 409 when the company has 50 " +
    "already.",
  tag: "Webhooks",
  access: { scope: "webhooks:write", minimumRole: "admin" },
  body: createWebhookBody,
  answers: { 201: z.object({ data: webhookWithSecretJson }) },
  answerIsSecret: true,
  failures: [409],

  async run(context, { body }) {
    const { tx, company, user, now } = context;
    requireFeature(company, "apiAccess");
    requireEventScopes(context, body.event_types);
    const secret = createWebhookSecret();
    const created = await createWebhook(
      tx,
      { company, causerId: user.id, now },
      {
        url: checkUrl(context, body.url),
        description: body.description ?? null,
        eventTypes: [...new Set(body.event_types)],
        secret,
        keys: requireKeys(context),
      },
    );
    return {
      status: 201,
      headers: { Location: `/api/v1/webhooks/${created.id}` },
      body: { data: { ...presentWebhook(created), secret } },
    };
  },
});
