import { z } from "zod";
import { changeWebhook, getLockedWebhook } from "../../../actions/change-webhooks.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import {
  answerWebhook,
  checkUrl,
  requireEventScopes,
  updateWebhookBody,
  webhookJson,
} from "./schema.ts";

/** PUT and PATCH /webhooks/:id */
export const putWebhookRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: ["url", "event_types"],
  path: "/webhooks/:id",
  summary: "Update a webhook",
  description:
    "`status` disables it, or enables it again: what was still to be sent is sent then. A token needs " +
    "the read scope of every event that the webhook asks for.",
  tag: "Webhooks",
  access: { scope: "webhooks:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  body: updateWebhookBody,
  answers: { 200: z.object({ data: webhookJson }) },

  async run(context, { params, body }) {
    const { tx, company, user, now } = context;
    const stored = await getLockedWebhook(tx, { companyId: company.id, id: params.id });
    const eventTypes = body.event_types && [...new Set(body.event_types)];
    requireEventScopes(context, [...stored.eventTypes, ...(eventTypes ?? [])]);
    const changed = await changeWebhook(tx, { company, causerId: user.id, now }, stored, {
      url: body.url === undefined ? undefined : checkUrl(context, body.url),
      description: body.description,
      eventTypes,
      isEnabled: body.status === undefined ? undefined : body.status === "enabled",
    });
    return answerWebhook(changed);
  },
});
