import type { Route } from "../define-route.ts";
import { deleteWebhookRoute } from "./webhooks/delete-webhook.ts";
import { getDeliveriesRoute } from "./webhooks/get-deliveries.ts";
import { getDeliveryRoute } from "./webhooks/get-delivery.ts";
import { getEventTypesRoute } from "./webhooks/get-event-types.ts";
import { getWebhookRoute } from "./webhooks/get-webhook.ts";
import { getWebhooksRoute } from "./webhooks/get-webhooks.ts";
import { postRedeliverRoute } from "./webhooks/post-redeliver.ts";
import { postReplayRoute } from "./webhooks/post-replay.ts";
import { postRotateSecretRoute } from "./webhooks/post-rotate-secret.ts";
import { postTestRoute } from "./webhooks/post-test.ts";
import { postWebhookRoute } from "./webhooks/post-webhook.ts";
import { putWebhookRoute } from "./webhooks/put-webhook.ts";

/** Telling other servers of events. */
export const webhookRoutes: readonly Route[] = [
  getWebhooksRoute,
  postWebhookRoute,
  // Before the routes with an id in the same place.
  getEventTypesRoute,
  getDeliveryRoute,
  postRedeliverRoute,
  getWebhookRoute,
  putWebhookRoute,
  deleteWebhookRoute,
  postRotateSecretRoute,
  postTestRoute,
  postReplayRoute,
  getDeliveriesRoute,
];
