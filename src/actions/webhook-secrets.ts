import { sealedPlace } from "../db/sealed-values.ts";
import type { EndpointKey, WebhookEndpointRow } from "../db/webhook-endpoints.ts";
import type { KeyRing } from "../platform/sealing.ts";

type Column = "secret" | "previous_secret";

export function sealWebhookSecret(
  keys: KeyRing,
  key: EndpointKey,
  secret: string,
  column: Column = "secret",
): string {
  return keys.seal(secret, placeOf(key, column));
}

/** What signs a message now, the newest first. */
export function openWebhookSecrets(
  keys: KeyRing,
  endpoint: WebhookEndpointRow,
  now: Date,
): string[] {
  const { secret, previousSecret, previousSecretUntil } = endpoint;
  const opened = secret === null ? [] : [keys.open(secret, placeOf(endpoint, "secret"))];
  if (previousSecret !== null && previousSecretUntil !== null && previousSecretUntil > now) {
    opened.push(keys.open(previousSecret, placeOf(endpoint, "previous_secret")));
  }
  return opened;
}

function placeOf({ companyId, id }: EndpointKey, column: Column): string {
  return sealedPlace({ table: "webhook_endpoints", column, companyId, id });
}
