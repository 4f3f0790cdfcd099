import { z } from "zod";
import { getWebhookDelivery } from "../../../db/webhook-delivery-log.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentDelivery, webhookDeliveryJson } from "./schema.ts";

/** GET /webhooks/deliveries/:id */
export const getDeliveryRoute = defineRoute({
  method: "get",
  path: "/webhooks/deliveries/:id",
  summary: "Get a delivery",
  tag: "Webhooks",
  access: { scope: "webhooks:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: webhookDeliveryJson }) },

  async run(context, { params }) {
    const { sql, company } = context;
    const row = await getWebhookDelivery(sql, { companyId: company.id, id: params.id });
    return { status: 200, body: { data: presentDelivery(row, context) } };
  },
});
