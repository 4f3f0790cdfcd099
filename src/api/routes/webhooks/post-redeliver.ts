import { z } from "zod";
import { getLockedWebhook, redeliverWebhook } from "../../../actions/change-webhooks.ts";
import { getWebhookDelivery } from "../../../db/webhook-delivery-log.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerSending, requireEventScopes, sendingAnswers } from "./schema.ts";

/** POST /webhooks/deliveries/:id/redeliver — sends a message once more, as it was. */
export const postRedeliverRoute = defineRoute({
  method: "post",
  path: "/webhooks/deliveries/:id/redeliver",
  summary: "Send a message again",
  description:
    "With the same body and `webhook-id`, so that a receiver that had it already can tell. A token " +
    "needs the read scope of the message, and of every event that the webhook asks for. 409 while the " +
    "webhook is disabled.",
  tag: "Webhooks",
  access: { scope: "webhooks:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  answers: sendingAnswers,
  failures: [409],

  async run(context, { params }) {
    const { tx, company, user, now, clock } = context;
    const delivery = await getWebhookDelivery(tx, { companyId: company.id, id: params.id });
    const stored = await getLockedWebhook(tx, { companyId: company.id, id: delivery.endpointId });
    requireEventScopes(context, [...stored.eventTypes, delivery.type]);
    const by = { company, causerId: user.id, now };
    const again = await redeliverWebhook(tx, by, stored, { delivery, machineNow: clock.now() });
    return await answerSending(context, again);
  },
});
