import { z } from "zod";
import { countWebhookEndpoints, listWebhookEndpoints } from "../../../db/webhook-endpoints.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { presentWebhook, webhookJson } from "./schema.ts";

/** GET /webhooks — oldest first. Their secrets are never shown again. */
export const getWebhooksRoute = defineRoute({
  method: "get",
  path: "/webhooks",
  summary: "List webhooks",
  tag: "Webhooks",
  access: { scope: "webhooks:read" },
  query: z.strictObject(pageQuery),
  answers: { 200: listJson(webhookJson, {}) },

  async run({ sql, company }, { query }) {
    const page = pageOf(query);
    const [webhooks, total] = await Promise.all([
      listWebhookEndpoints(sql, { companyId: company.id, ...page }),
      countWebhookEndpoints(sql, company.id),
    ]);
    return listAnswer(webhooks.map(presentWebhook), { ...page, total });
  },
});
