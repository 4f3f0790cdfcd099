import { z } from "zod";
import { webhookEvents } from "../../actions/webhook-events.ts";
import { endWebhookTurn, takeWebhookTurn } from "../../actions/webhook-turns.ts";
import type { Tx } from "../../db/client.ts";
import {
  insertWebhookDeliveries,
  type EventNames,
  type InformedEndpoint,
} from "../../db/webhook-deliveries.ts";
import { getWebhookEndpoint, lockServedEndpoints } from "../../db/webhook-endpoints.ts";
import { Failure, NotFound } from "../../errors.ts";
import { defineJob, done, skipped, snoozed } from "../define-job.ts";
import { sendDue, type Sent } from "./send-due.ts";

/** After so long a run steps back, so that others of its company and queue get their turn. */
const PATIENCE_MS = 10_000;

/** Every event that somebody can be told of, with its names. */
export const eventNames: EventNames = {
  types: webhookEvents.map(({ type }) => type),
  names: webhookEvents.map(({ name }) => name),
  isAlias: webhookEvents.map(({ isAlias }) => isAlias),
};

/** A run that has its turn at an endpoint looks for more before it ends: another would only be turned away. */
async function withoutServed(
  tx: Tx,
  informed: readonly InformedEndpoint[],
): Promise<InformedEndpoint[]> {
  if (informed.length === 0) return [];
  const keys = informed.map(({ companyId, endpointId: id }) => ({ companyId, id }));
  const served = new Set((await lockServedEndpoints(tx, keys)).map(({ id }) => id));
  return informed.filter(({ endpointId }) => !served.has(endpointId));
}

/** Whoever executes the run instead has its turn, too, which is not ours to give back. */
function isTakenOver({ reason }: AbortSignal): boolean {
  return reason instanceof Failure && reason.code === "lease_lost";
}

/**
 * Tells one endpoint what it is owed. What that is, is written down in the transaction in which the
 * event is followed; a run only makes haste. Each endpoint has runs of its own, so one that is slow or
 * dead holds up no other.
 */
export const deliverWebhooks = defineJob({
  name: "webhook.deliver",
  queue: "webhooks",
  payload: z.object({ companyId: z.int(), endpointId: z.int(), cause: z.string() }),
  // Of the run, which fails when the database does; messages have a schedule of their own.
  retry: { attempts: 10, delayMsFirst: 1_000, delayMsMax: 60_000 },
  timeoutMs: 120_000,
  idempotencyKey: ({ companyId, endpointId, cause }) => `${companyId}/${endpointId}/${cause}`,
  follows: {
    types: [...new Set(eventNames.types)],
    async targets(tx, eventIds) {
      const informed = await insertWebhookDeliveries(tx, { eventIds, events: eventNames });
      const endpoints = await withoutServed(tx, informed);
      return endpoints.map(({ companyId, endpointId, eventId }) => ({
        companyId,
        eventId,
        target: endpointId,
        payload: { companyId, endpointId, cause: `event-${eventId}` },
      }));
    },
  },

  async run(ctx, { companyId, endpointId }) {
    const { sql, clock, run } = ctx;
    const key = { companyId, id: endpointId };
    const turn = await takeWebhookTurn(sql, key, { runId: run.id, now: clock.now() });
    if (turn.kind === "none") return skipped(turn.reason);
    if (turn.kind === "rests") return snoozed(turn.untilMs, "the webhook rests after failures");

    const endTurn = async () =>
      isTakenOver(ctx.signal)
        ? undefined
        : await endWebhookTurn(sql, key, { runId: run.id, now: clock.now() });
    const giveUpAt = clock.now().getTime() + PATIENCE_MS;
    const isTime = () => clock.now().getTime() < giveUpAt;
    const total = { delivered: 0, failed: 0 };
    const { claim } = turn;
    let { endpoint } = turn;
    let sent: Sent;
    try {
      do {
        sent = await sendDue(ctx, endpoint, { claim, isTime });
        total.delivered += sent.delivered;
        total.failed += sent.failed;
        if (!sent.wasDue || !sent.isOpen || !isTime()) break;
        // Its secrets, its address or its health may have changed.
        endpoint = await getWebhookEndpoint(sql, key);
        ctx.signal.throwIfAborted();
      } while (endpoint.status === "enabled");
    } catch (error) {
      if (error instanceof NotFound) return skipped("the webhook was deleted");
      // So that the next one need not wait until nobody believes this one alive.
      await endTurn().catch(() => {});
      throw error;
    }
    const delayMs = await endTurn();
    ctx.progress(total);
    return delayMs === undefined
      ? done(total)
      : snoozed(delayMs, `delivered ${total.delivered}, failed ${total.failed}; more is due later`);
  },
});
