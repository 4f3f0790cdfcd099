import { settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { lockCompany } from "../db/companies.ts";
import { recordEvent } from "../db/events.ts";
import {
  insertTestDelivery,
  requeueWebhookDelivery,
  type WebhookDeliveryRow,
} from "../db/webhook-deliveries.ts";
import {
  countWebhookEndpoints,
  insertWebhookEndpoint,
  lockWebhookEndpoint,
  takeWebhookEndpointId,
  updateWebhookEndpoint,
  type EndpointKey,
  type WebhookEndpointChanges,
  type WebhookEndpointRow,
} from "../db/webhook-endpoints.ts";
import { Conflict, NotFound } from "../errors.ts";
import type { KeyRing } from "../platform/sealing.ts";
import type { Acting } from "./acting.ts";
import { testEventName } from "./webhook-events.ts";
import { openWebhookSecrets, sealWebhookSecret } from "./webhook-secrets.ts";

/** Of one company. */
const ENDPOINTS_MAX = 50;

/** Kinds of attention items about an endpoint; their key is its id. */
const webhookAttention = ["webhook.disabled", "webhook.gave-up"] as const;

/** @throws NotFound */
export async function getLockedWebhook(tx: Tx, key: EndpointKey): Promise<WebhookEndpointRow> {
  const endpoint = await lockWebhookEndpoint(tx, key);
  if (endpoint === undefined) throw new NotFound("Webhook");
  return endpoint;
}

/** @throws Conflict when the company has as many as it may */
export async function createWebhook(
  tx: Tx,
  by: Acting & { causerId: number },
  input: {
    url: string;
    description: string | null;
    eventTypes: readonly string[];
    secret: string;
    keys: KeyRing;
  },
): Promise<WebhookEndpointRow> {
  const companyId = by.company.id;
  // One after the other, so that two at once do not both find room.
  await lockCompany(tx, companyId);
  if ((await countWebhookEndpoints(tx, companyId)) >= ENDPOINTS_MAX) {
    throw new Conflict(`A company has ${ENDPOINTS_MAX} webhooks at most.`, {
      code: "too_many_webhooks",
    });
  }
  const key = { companyId, id: await takeWebhookEndpointId(tx) };
  const created = await insertWebhookEndpoint(tx, {
    ...key,
    url: input.url,
    description: input.description,
    eventTypes: input.eventTypes,
    secret: sealWebhookSecret(input.keys, key, input.secret),
    userId: by.causerId,
    now: by.now,
  });
  await recordWebhookEvent(tx, by, "webhook.created", created);
  return created;
}

/** Changes a locked endpoint. Enabled again, it begins anew: what failed before is forgotten. */
export async function changeWebhook(
  tx: Tx,
  by: Acting,
  stored: WebhookEndpointRow,
  input: {
    url?: string | undefined;
    description?: string | null | undefined;
    eventTypes?: string[] | undefined;
    isEnabled?: boolean | undefined;
  },
): Promise<WebhookEndpointRow> {
  const {
    url = stored.url,
    description = stored.description,
    eventTypes = stored.eventTypes,
    isEnabled = stored.status === "enabled",
  } = input;
  const wasEnabled = stored.status === "enabled";
  const isSame =
    url === stored.url &&
    description === stored.description &&
    eventTypes.join() === stored.eventTypes.join() &&
    isEnabled === wasEnabled;
  if (isSame) return stored;
  const changed = await updateWebhookEndpoint(tx, stored, {
    url,
    description,
    eventTypes,
    ...(isEnabled === wasEnabled ? {} : statusChanges(isEnabled, by.now)),
    // Another address has not failed yet.
    ...(url === stored.url ? {} : freshStart),
    updatedAt: by.now,
  });
  await recordWebhookEvent(tx, by, "webhook.updated", changed);
  if (isEnabled && !wasEnabled) await settleWebhookItems(tx, stored, "it was enabled again");
  return changed;
}

/** What is owed to it is not sent any more, and its secrets are forgotten. */
export async function deleteWebhook(tx: Tx, by: Acting, stored: WebhookEndpointRow): Promise<void> {
  await updateWebhookEndpoint(tx, stored, {
    secret: null,
    previousSecret: null,
    previousSecretUntil: null,
    deletedAt: by.now,
    updatedAt: by.now,
  });
  await settleWebhookItems(tx, stored, "it was deleted");
  await recordWebhookEvent(tx, by, "webhook.deleted", stored);
}

/** From here on `secret` signs, and for a while the one before it signs too. */
export async function rotateWebhookSecret(
  tx: Tx,
  by: Acting,
  stored: WebhookEndpointRow,
  input: { secret: string; keys: KeyRing; overlapMs: number; machineNow: Date },
): Promise<WebhookEndpointRow> {
  const { keys, secret, overlapMs, machineNow } = input;
  const [previous] = openWebhookSecrets(keys, stored, machineNow);
  const overlaps = overlapMs > 0 && previous !== undefined;
  const rotated = await updateWebhookEndpoint(tx, stored, {
    secret: sealWebhookSecret(keys, stored, secret),
    previousSecret: overlaps ? sealWebhookSecret(keys, stored, previous, "previous_secret") : null,
    previousSecretUntil: overlaps ? new Date(machineNow.getTime() + overlapMs) : null,
    updatedAt: by.now,
  });
  await recordWebhookEvent(tx, by, "webhook.secret_rotated", rotated);
  return rotated;
}

/** Owes an endpoint a message that is about nothing. */
export async function testWebhook(
  tx: Tx,
  by: Acting,
  stored: WebhookEndpointRow,
  machineNow: Date,
): Promise<WebhookDeliveryRow> {
  requireEnabled(stored);
  const body = JSON.stringify({
    type: testEventName,
    timestamp: by.now.toISOString(),
    data: { object: "webhook", id: stored.id, company_id: stored.companyId },
  });
  await recordWebhookEvent(tx, by, "webhook.tested", stored);
  return await insertTestDelivery(tx, stored, { type: testEventName, body, now: machineNow });
}

/** Owes a locked endpoint a message of its own once more, whatever became of it. */
export async function redeliverWebhook(
  tx: Tx,
  by: Acting,
  stored: WebhookEndpointRow,
  { delivery, machineNow }: { delivery: WebhookDeliveryRow; machineNow: Date },
): Promise<WebhookDeliveryRow> {
  requireEnabled(stored);
  await settleWebhookItems(tx, stored, "it was asked for again");
  const facts = { delivery_id: delivery.id };
  await recordWebhookEvent(tx, by, "webhook.redelivery_requested", stored, facts);
  return await requeueWebhookDelivery(tx, delivery, machineNow);
}

/** @throws Conflict */
export function requireEnabled(endpoint: WebhookEndpointRow): void {
  if (endpoint.status === "enabled") return;
  throw new Conflict("The webhook is disabled. Enable it first.", { code: "webhook_disabled" });
}

const freshStart: WebhookEndpointChanges = {
  failingSince: null,
  failedRounds: 0,
  restsUntil: null,
};

function statusChanges(isEnabled: boolean, now: Date): WebhookEndpointChanges {
  return isEnabled
    ? { ...freshStart, status: "enabled", disabledReason: null, disabledAt: null }
    : { status: "disabled", disabledReason: "by_hand", disabledAt: now };
}

/** Nothing about this endpoint waits for a person any more. */
export async function settleWebhookItems(
  tx: Tx,
  { companyId, id }: EndpointKey,
  resolution: string,
): Promise<void> {
  for (const kind of webhookAttention) {
    await settleAttention(tx, { companyId, kind, key: String(id), resolution });
  }
}

/** Leaves an event about an endpoint; never its secret, nor its path, which may hold one. */
export async function recordWebhookEvent(
  tx: Tx,
  by: Pick<Acting, "causerId" | "now">,
  type: `webhook.${string}`,
  endpoint: WebhookEndpointRow,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvent(tx, {
    companyId: endpoint.companyId,
    type,
    subjectType: "webhook",
    subjectId: endpoint.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: {
      host: new URL(endpoint.url).host,
      status: endpoint.status,
      event_types: endpoint.eventTypes,
      ...facts,
    },
  });
}
