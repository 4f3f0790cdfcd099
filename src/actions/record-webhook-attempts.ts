import {
  boundedRetryAfterMs,
  isHopelessSince,
  judgeWebhookAnswer,
  webhookRestMs,
  webhookRetryDelayMs,
} from "../billing/webhook-retries.ts";
import { raiseAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { findCompany } from "../db/companies.ts";
import {
  recordAttempts,
  type AttemptEnding,
  type DueDelivery,
  type WebhookAttempt,
} from "../db/webhook-deliveries.ts";
import {
  lockWebhookEndpoint,
  setWebhookTurn,
  updateWebhookEndpoint,
  type EndpointKey,
  type WebhookClaim,
  type WebhookEndpointChanges,
  type WebhookEndpointRow,
} from "../db/webhook-endpoints.ts";
import { disableWebhook } from "./disable-webhook.ts";

/** One attempt at a message, and what came of it. */
export interface WebhookResult extends WebhookAttempt {
  delivery: Pick<DueDelivery, "id" | "attempts">;
  retryAfterMs: number | undefined;
  isRefused: boolean;
}

/** What an attempt says about the endpoint as a whole. */
export type WebhookVerdict = ReturnType<typeof judgeWebhookAnswer>;

/**
 * Writes down some attempts at an endpoint, and what follows for it: a success makes it healthy; one
 * that asks for less is left alone for a while; one that says it is gone, that leads inside, or at
 * which nothing has succeeded for days, is disabled. Returns whether it may be sent more now.
 *
 * @param results in the order in which they ended
 * @param isRoundLost whether so many failed in a row that the endpoint is to rest
 * @param claim to be prolonged, so that nobody else delivers
 */
export async function recordWebhookResults(
  tx: Tx,
  key: EndpointKey,
  {
    results,
    isRoundLost,
    claim,
    machineNow,
    random,
  }: {
    results: readonly WebhookResult[];
    isRoundLost: boolean;
    claim: WebhookClaim | undefined;
    machineNow: Date;
    /** Of [0, 1), another one with each call. */
    random: () => number;
  },
): Promise<{ isOpen: boolean }> {
  const verdicts = results.map(judgeWebhookAnswer);
  // As a rule nothing changes about the endpoint, and nobody who is told to tell it something has to wait. Once
  // a minute its last success does, which then waits for those that share the lock.
  const isShared = claim === undefined && verdicts.every((verdict) => verdict === "delivered");
  const endpoint = await lockWebhookEndpoint(tx, key, { isShared });
  const endings = results.map((result, index) =>
    endingOf({ result, verdict: verdicts[index]!, now: machineNow, random: random() }),
  );
  await recordAttempts(tx, key, { now: machineNow, endings });
  if (endpoint === undefined) return { isOpen: false };
  if (claim !== undefined) await setWebhookTurn(tx, key, claim);

  // Of one that is gone or refused, what disables the endpoint tells.
  const hasGivenUp = endings.some(
    ({ status }, index) =>
      status === "failed" && verdicts[index] !== "gone" && verdicts[index] !== "refused",
  );
  if (hasGivenUp) await tellGivenUp(tx, endpoint);
  const changes = healthOf(endpoint, { results, verdicts, isRoundLost, machineNow });
  const current =
    changes === undefined ? endpoint : await updateWebhookEndpoint(tx, endpoint, changes);
  if (current.status === "disabled") return { isOpen: false };

  const reason = verdicts.includes("gone")
    ? "gone"
    : verdicts.includes("refused")
      ? "refused"
      : current.failingSince !== null && isHopelessSince(current.failingSince, machineNow)
        ? "failing"
        : undefined;
  if (reason !== undefined) {
    const company = await findCompany(tx, key.companyId);
    await disableWebhook(tx, current, { reason, now: company?.testNow ?? machineNow });
  }
  const rests = isAfter(current.restsUntil, machineNow);
  return { isOpen: reason === undefined && !rests };
}

function endingOf({
  result,
  verdict,
  now,
  random,
}: {
  result: WebhookResult;
  verdict: ReturnType<typeof judgeWebhookAnswer>;
  now: Date;
  random: number;
}): AttemptEnding {
  const { delivery, at, ms, status, error, response, retryAfterMs = 0 } = result;
  const attempt = { at, ms, status, error, response };
  if (verdict === "delivered") {
    return { id: delivery.id, status: "delivered", nextAttemptAt: null, attempt };
  }
  const delayMs = webhookRetryDelayMs(delivery.attempts + 1, random);
  if (delayMs === undefined || verdict === "gone" || verdict === "refused") {
    return { id: delivery.id, status: "failed", nextAttemptAt: null, attempt };
  }
  const waitMs = Math.max(delayMs, boundedRetryAfterMs(retryAfterMs));
  const nextAttemptAt = new Date(now.getTime() + waitMs);
  return { id: delivery.id, status: "pending", nextAttemptAt, attempt };
}

/** Undefined when nothing about it changed: a healthy endpoint costs one write a minute. */
function healthOf(
  endpoint: WebhookEndpointRow,
  {
    results,
    verdicts,
    isRoundLost,
    machineNow,
  }: {
    results: readonly WebhookResult[];
    verdicts: readonly WebhookVerdict[];
    isRoundLost: boolean;
    machineNow: Date;
  },
): WebhookEndpointChanges | undefined {
  const lastSuccess = verdicts.lastIndexOf("delivered");
  const isHealthy = endpoint.failingSince === null && endpoint.failedRounds === 0;
  const failedSince = lastSuccess < verdicts.length - 1;
  const hasOldSuccess =
    endpoint.lastSuccessAt === null ||
    machineNow.getTime() - endpoint.lastSuccessAt.getTime() > NOTED_EVERY_MS;
  if (lastSuccess >= 0 && isHealthy && !failedSince && !hasOldSuccess) return undefined;

  const failedRounds = (lastSuccess >= 0 ? 0 : endpoint.failedRounds) + (isRoundLost ? 1 : 0);
  const failingSince = lastSuccess >= 0 ? null : endpoint.failingSince;
  return {
    failingSince: failedSince ? (failingSince ?? machineNow) : failingSince,
    failedRounds,
    restsUntil: laterOf(
      // Failures that were on their way when it began do not end a rest.
      lastSuccess < 0 && isAfter(endpoint.restsUntil, machineNow) ? endpoint.restsUntil : null,
      restOf({ results, verdicts, failedRounds, isRoundLost, machineNow }),
    ),
    ...(lastSuccess >= 0 ? { lastSuccessAt: machineNow } : {}),
  };
}

const NOTED_EVERY_MS = 60_000;

function restOf({
  results,
  verdicts,
  failedRounds,
  isRoundLost,
  machineNow,
}: {
  results: readonly WebhookResult[];
  verdicts: readonly WebhookVerdict[];
  failedRounds: number;
  isRoundLost: boolean;
  machineNow: Date;
}): Date | null {
  const asked = results
    .filter((_, index) => verdicts[index] === "throttled")
    .map(({ retryAfterMs = 0 }) => boundedRetryAfterMs(retryAfterMs));
  const restMs = Math.max(isRoundLost ? webhookRestMs(failedRounds) : 0, ...asked);
  return restMs === 0 ? null : new Date(machineNow.getTime() + restMs);
}

function isAfter(instant: Date | null, now: Date): boolean {
  return instant !== null && instant > now;
}

function laterOf(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}

async function tellGivenUp(tx: Tx, { companyId, id, url }: WebhookEndpointRow): Promise<void> {
  await raiseAttention(tx, {
    companyId,
    kind: "webhook.gave-up",
    key: String(id),
    title: `A message to the webhook at ${new URL(url).host} was given up`,
    detail: "Its deliveries say why. Mend the receiver, then redeliver or replay.",
    subjectType: "webhook",
    subjectId: id,
  });
}
