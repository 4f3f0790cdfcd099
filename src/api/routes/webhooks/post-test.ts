import { z } from "zod";
import { getLockedWebhook, testWebhook } from "../../../actions/change-webhooks.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerSending, requireEventScopes, sendingAnswers } from "./schema.ts";

/** POST /webhooks/:id/test — sends it a message of the type `webhook.test`. */
export const postTestRoute = defineRoute({
  method: "post",
  path: "/webhooks/:id/test",
  summary: "Send a test message",
  description:
    "What became of it stands in its delivery. A token needs the read scope of every event that the " +
    "webhook asks for. 409 while the webhook is disabled.",
  tag: "Webhooks",
  access: { scope: "webhooks:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  answers: sendingAnswers,
  failures: [409],

  async run(context, { params }) {
    const { tx, company, user, now, clock } = context;
    const stored = await getLockedWebhook(tx, { companyId: company.id, id: params.id });
    requireEventScopes(context, stored.eventTypes);
    const by = { company, causerId: user.id, now };
    return await answerSending(context, await testWebhook(tx, by, stored, clock.now()));
  },
});
