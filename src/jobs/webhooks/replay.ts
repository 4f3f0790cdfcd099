import { z } from "zod";
import { listEventIdsBetween } from "../../db/events.ts";
import {
  insertWebhookDeliveries,
  requeueDeliveriesOfEvents,
  webhookDeliveryStatuses,
} from "../../db/webhook-deliveries.ts";
import { inTransaction } from "../../db/transaction.ts";
import { lockWebhookEndpoint } from "../../db/webhook-endpoints.ts";
import { defineJob, done, skipped } from "../define-job.ts";
import { deliverWebhooks, eventNames } from "./deliver.ts";

const EVENTS_PER_CHUNK = 1_000;

/**
 * Owes an endpoint once more what happened in a period: what was given up, and what it was not told
 * because it was disabled or had not asked for it; or all of it. In chunks, which can be repeated.
 */
export const replayWebhooks = defineJob({
  name: "webhook.replay",
  queue: "default",
  payload: z.object({
    companyId: z.int(),
    endpointId: z.int(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    includesDelivered: z.boolean(),
    request: z.string(),
  }),
  retry: { attempts: 10, delayMsFirst: 1_000, delayMsMax: 60_000 },
  timeoutMs: 3_600_000,
  idempotencyKey: ({ companyId, endpointId, request }) => `${companyId}/${endpointId}/${request}`,

  async run(ctx, { companyId, endpointId, from, to, includesDelivered }) {
    const { sql, clock, signal, enqueue } = ctx;
    const endpoint = { companyId, id: endpointId };
    const period = { companyId, types: eventNames.types, from: new Date(from), to: new Date(to) };
    let messages = 0;
    for (let afterId = 0; ;) {
      signal.throwIfAborted();
      const eventIds = await listEventIdsBetween(sql, {
        ...period,
        afterId,
        limit: EVENTS_PER_CHUNK,
      });
      const last = eventIds.at(-1);
      if (last === undefined) return done({ messages });
      const chunk = await inTransaction(sql, async (tx) => {
        const locked = await lockWebhookEndpoint(tx, endpoint);
        if (locked?.status !== "enabled") return undefined;
        const requeued = await requeueDeliveriesOfEvents(tx, {
          endpoint,
          eventIds,
          statuses: includesDelivered ? webhookDeliveryStatuses : ["failed"],
          now: clock.now(),
        });
        const made = await insertWebhookDeliveries(tx, { eventIds, events: eventNames, endpoint });
        const cause = `run-${ctx.run.id}/${last}`;
        await enqueue(tx, deliverWebhooks, { companyId, endpointId, cause });
        return requeued + made.reduce((sum, { messages: count }) => sum + count, 0);
      });
      if (chunk === undefined) return skipped("the webhook is disabled or deleted");
      messages += chunk;
      ctx.progress({ messages });
      afterId = last;
    }
  },
});
