import { z } from "zod";
import { webhookDeliveryStatuses } from "../../../db/webhook-deliveries.ts";
import { countWebhookDeliveries, listWebhookDeliveries } from "../../../db/webhook-delivery-log.ts";
import { getWebhookEndpoint } from "../../../db/webhook-endpoints.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { filterQuery, idParam, searchQuery } from "../../inputs.ts";
import { presentDelivery, webhookDeliveryJson } from "./schema.ts";

/** GET /webhooks/:id/deliveries — what it was told, and what it answered; newest first. */
export const getDeliveriesRoute = defineRoute({
  method: "get",
  path: "/webhooks/:id/deliveries",
  summary: "List a webhook's deliveries",
  tag: "Webhooks",
  access: { scope: "webhooks:read" },
  params: z.object({ id: idParam }),
  query: z.strictObject({
    ...pageQuery,
    filter: filterQuery({
      status: z.enum(webhookDeliveryStatuses).optional(),
      event_type: searchQuery,
    }),
  }),
  answers: { 200: listJson(webhookDeliveryJson, {}) },

  async run(context, { params, query }) {
    const { sql, company } = context;
    const page = pageOf(query);
    const endpoint = await getWebhookEndpoint(sql, { companyId: company.id, id: params.id });
    const filter = {
      companyId: company.id,
      endpointId: endpoint.id,
      status: query.filter?.status,
      type: query.filter?.event_type,
    };
    const [deliveries, total] = await Promise.all([
      listWebhookDeliveries(sql, { ...filter, ...page }),
      countWebhookDeliveries(sql, filter),
    ]);
    return listAnswer(
      deliveries.map((row) => presentDelivery(row, context)),
      { ...page, total },
    );
  },
});
