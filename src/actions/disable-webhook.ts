import { isWebhookMailKeyOf, webhookMailKey } from "../billing/message-ids.ts";
import { raiseAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { listAdmins } from "../db/company-members.ts";
import { insertDeliveries } from "../db/deliveries.ts";
import { recordEvents } from "../db/events.ts";
import {
  updateWebhookEndpoint,
  type DisabledReason,
  type WebhookEndpointRow,
  type WebhookMailRow,
} from "../db/webhook-endpoints.ts";
import { recordWebhookEvent } from "./change-webhooks.ts";
import { disabledBecause } from "./compose-webhook-mail.ts";

/** Sends nothing more to a locked endpoint, and tells everybody who runs the company and wants to know. */
export async function disableWebhook(
  tx: Tx,
  endpoint: WebhookEndpointRow,
  { reason, now }: { reason: Exclude<DisabledReason, "by_hand">; now: Date },
): Promise<void> {
  const { companyId, id } = endpoint;
  const disablings = endpoint.disablings + 1;
  const disabled = await updateWebhookEndpoint(tx, endpoint, {
    status: "disabled",
    disabledReason: reason,
    disabledAt: now,
    disablings,
    updatedAt: now,
  });
  await recordWebhookEvent(tx, { causerId: null, now }, "webhook.disabled", disabled, { reason });
  const { host } = new URL(endpoint.url);
  await raiseAttention(tx, {
    companyId,
    kind: "webhook.disabled",
    key: String(id),
    title: `The webhook to ${host} was disabled, because ${disabledBecause[reason]}`,
    detail: "Mend the receiver, enable the webhook, and replay what it missed.",
    subjectType: "webhook",
    subjectId: id,
  });
  const mails = await insertDeliveries(tx, {
    companyId,
    now,
    rows: (await listAdmins(tx, companyId, "webhook_disabled")).map(({ id: userId, email }) => ({
      kind: "webhook",
      key: webhookMailKey(id, disablings, userId),
      webhookEndpointId: id,
      recipient: email,
    })),
  });
  await recordEvents(
    tx,
    companyId,
    mails.map((mail) => ({
      type: "webhook.notice-requested",
      subjectType: "webhook",
      subjectId: id,
      occurredAt: now,
      payload: { delivery_id: mail.id },
    })),
  );
}

/** Why the mail about a disabled endpoint is not wanted any more; undefined while it is. */
export function whyNotMailWebhook(state: WebhookMailRow, key: string): string | undefined {
  if (state.isDeleted) return "the webhook was deleted";
  if (!state.isWanted) return "who runs the company wants no such mail any more";
  if (state.status === "enabled") return "the webhook is enabled again";
  const isOfThis = isWebhookMailKeyOf(key, state.endpointId, state.disablings);
  return isOfThis ? undefined : "the webhook was enabled and disabled again since";
}
