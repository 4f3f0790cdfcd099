import { z } from "zod";
import { getWebhookEndpoint } from "../../../db/webhook-endpoints.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerWebhook, webhookJson } from "./schema.ts";

/** GET /webhooks/:id */
export const getWebhookRoute = defineRoute({
  method: "get",
  path: "/webhooks/:id",
  summary: "Get a webhook",
  tag: "Webhooks",
  access: { scope: "webhooks:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: webhookJson }) },

  async run({ sql, company }, { params }) {
    return answerWebhook(await getWebhookEndpoint(sql, { companyId: company.id, id: params.id }));
  },
});
