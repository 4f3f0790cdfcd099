import { z } from "zod";
import { everyEvent, scopesOfEvents, webhookEvents } from "../../../actions/webhook-events.ts";
import {
  webhookDeliveryStatuses,
  type WebhookDeliveryRow,
} from "../../../db/webhook-deliveries.ts";
import { disabledReasons, type WebhookEndpointRow } from "../../../db/webhook-endpoints.ts";
import { Conflict, InvalidInput } from "../../../errors.ts";
import { deliverWebhooks } from "../../../jobs/webhooks/deliver.ts";
import { messageIdOf } from "../../../jobs/webhooks/send-due.ts";
import type { KeyRing } from "../../../platform/sealing.ts";
import { getRun } from "../../../db/runs.ts";
import type { Tx } from "../../../db/client.ts";
import { uuidV7 } from "../../../platform/uuid-v7.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { askedBy } from "../../asked-by.ts";
import { instantJson, presentInstant, type Answer } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { requireScope } from "../../define-route.ts";
import { optionalText, requiredText } from "../../inputs.ts";
import { presentRun, runJson } from "../runs/schema.ts";

const eventTypeInput = z.enum([everyEvent, ...webhookEvents.map(({ name }) => name)]);

export const createWebhookBody = z.strictObject({
  url: requiredText(2_000),
  event_types: z
    .array(eventTypeInput)
    .min(1)
    .max(200)
    .meta({ description: "Names of events, or `*` for all of them." }),
  description: optionalText(500),
});
export const updateWebhookBody = createWebhookBody
  .extend({ status: z.enum(["enabled", "disabled"]) })
  .partial();

export const webhookJson = z
  .object({
    id: z.int(),
    url: z.string(),
    description: z.string().nullable(),
    event_types: z.array(z.string()),
    status: z.enum(["enabled", "disabled"]),
    disabled_reason: z.enum(disabledReasons).nullable(),
    disabled_at: instantJson.nullable(),
    failing_since: instantJson
      .nullable()
      .meta({ description: "The first failure since something last succeeded." }),
    rests_until: instantJson
      .nullable()
      .meta({ description: "After failures in a row it is left alone for a while." }),
    last_success_at: instantJson.nullable(),
    previous_secret_expires_at: instantJson
      .nullable()
      .meta({ description: "Until then the secret before the last rotation signs too." }),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "Webhook" });

/** What only creating and rotating show. */
export const webhookWithSecretJson = webhookJson.extend({
  secret: z.string().meta({ description: "Shown this once: `whsec_` and a key in base64." }),
});

export function presentWebhook(row: WebhookEndpointRow): z.input<typeof webhookJson> {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    event_types: row.eventTypes,
    status: row.status,
    disabled_reason: row.disabledReason,
    disabled_at: presentInstant(row.disabledAt),
    failing_since: presentInstant(row.failingSince),
    rests_until: presentInstant(row.restsUntil),
    last_success_at: presentInstant(row.lastSuccessAt),
    previous_secret_expires_at: presentInstant(row.previousSecretUntil),
    created_at: presentInstant(row.createdAt),
    updated_at: presentInstant(row.updatedAt),
  };
}

export function answerWebhook(row: WebhookEndpointRow): Answer {
  return { status: 200, body: { data: presentWebhook(row) }, version: row };
}

export const webhookDeliveryJson = z
  .object({
    id: z.int(),
    webhook_id: z.int(),
    message_id: z.string().meta({ description: "What `webhook-id` says, with every attempt." }),
    event_id: z.int().nullable(),
    event_type: z.string(),
    status: z.enum(webhookDeliveryStatuses),
    attempts: z.int().meta({ description: "Since it was last asked for." }),
    next_attempt_at: instantJson.nullable(),
    settled_at: instantJson.nullable(),
    body: z
      .string()
      .nullable()
      .meta({ description: "As it is sent. Null without the read scope of what it is about." }),
    log: z
      .array(
        z.object({
          at: z.string(),
          ms: z.int(),
          status: z.int().nullable(),
          error: z.string().nullable(),
          response: z
            .string()
            .nullable()
            .meta({ description: "How the answer began, without what looks like a secret." }),
        }),
      )
      .meta({ description: "The latest attempts, oldest first." }),
    created_at: instantJson,
  })
  .meta({ id: "WebhookDelivery" });

export function presentDelivery(
  row: WebhookDeliveryRow,
  { mayUse }: Pick<CompanyContext, "mayUse">,
): z.input<typeof webhookDeliveryJson> {
  return {
    id: row.id,
    webhook_id: row.endpointId,
    message_id: messageIdOf(row.messageId),
    event_id: row.eventId,
    event_type: row.type,
    status: row.status,
    attempts: row.attempts,
    next_attempt_at: presentInstant(row.nextAttemptAt),
    settled_at: presentInstant(row.settledAt),
    body: scopesOfEvents([row.type]).every(mayUse) ? row.body : null,
    log: row.log,
    created_at: presentInstant(row.createdAt),
  };
}

/**
 * The address as it will be used.
 *
 * @throws InvalidInput when no webhook may go there
 */
export function checkUrl({ services }: CompanyContext, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const problem =
    url === undefined ? "Must be a web address." : services.connectors.webhookTarget.problemOf(url);
  if (url === undefined || problem !== undefined) {
    throw new InvalidInput({ url: [problem ?? "Must be a web address."] });
  }
  url.hash = "";
  return url.href;
}

/**
 * Nobody has a webhook tell more than they may read (API.md rule 3), nor gets the secret of one that does, nor has
 * it told.
 */
export function requireEventScopes({ caller }: CompanyContext, names: readonly string[]): void {
  for (const scope of scopesOfEvents(names)) requireScope(caller, scope);
}

/** @throws Conflict when nothing can be sealed here */
export function requireKeys({ services }: CompanyContext): KeyRing {
  const { keys } = services.connectors.connections;
  if (keys.ids.length > 0) return keys;
  throw new Conflict(
    "Webhooks are not set up here; whoever runs this installation can set MASTER_KEYS.",
    { code: "no_master_key" },
  );
}

/** The answers of an operation that has a message sent. */
export const sendingAnswers = { 202: z.object({ data: runJson, delivery: webhookDeliveryJson }) };

/** Asks for the run that sends a message, and answers with both. */
export async function answerSending(
  context: CompanyContext & { tx: Tx },
  delivery: WebhookDeliveryRow,
): Promise<Answer> {
  const { tx, company } = context;
  const { runId } = await enqueue(
    tx,
    deliverWebhooks,
    {
      companyId: company.id,
      endpointId: delivery.endpointId,
      cause: `request-${uuidV7()}`,
    },
    askedBy(context),
  );
  const run = await getRun(tx, { companyId: company.id, id: runId });
  return {
    status: 202,
    headers: { Location: `/api/v1/runs/${run.id}` },
    body: { data: presentRun(run), delivery: presentDelivery(delivery, context) },
  };
}
