const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** After which time a message is tried for the second time and so on: the schedule of Standard Webhooks. */
const DELAYS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];
/** So that what failed together does not come back together: up to a tenth more. */
const JITTER = 0.1;

const REST_MS_FIRST = 5 * SECOND_MS;
const REST_MS_MAX = 5 * MINUTE_MS;
/** Longest rest that a receiver can ask for. */
const RETRY_AFTER_MS_MAX = HOUR_MS;
/** An endpoint at which nothing succeeded for so long is disabled. */
const DISABLE_AFTER_MS = 5 * 24 * HOUR_MS;

/**
 * How long to wait after the given attempt at a message failed; undefined when it was the last.
 *
 * @param attempt counted from 1
 * @param random in [0, 1)
 */
export function webhookRetryDelayMs(attempt: number, random: number): number | undefined {
  const delayMs = DELAYS_MS[attempt - 1];
  return delayMs === undefined ? undefined : Math.round(delayMs * (1 + JITTER * random));
}

/** How long an endpoint is left alone at which whole rounds have failed; then one message is tried. */
export function webhookRestMs(failedRounds: number): number {
  return Math.min(REST_MS_FIRST * 2 ** (failedRounds - 1), REST_MS_MAX);
}

/** What an answer means: only 2xx is success, a redirect is none, and 410 asks not to be told any more. */
export function judgeWebhookAnswer({
  status,
  isRefused,
}: {
  status: number | null;
  isRefused: boolean;
}): "delivered" | "failed" | "throttled" | "gone" | "refused" {
  if (isRefused) return "refused";
  if (status === null) return "failed";
  if (status >= 200 && status < 300) return "delivered";
  if (status === 410) return "gone";
  return [429, 502, 503, 504].includes(status) ? "throttled" : "failed";
}

/** As long as the receiver asked for, within bounds. */
export function boundedRetryAfterMs(retryAfterMs: number): number {
  return Math.min(Math.max(retryAfterMs, 0), RETRY_AFTER_MS_MAX);
}

/** Whether nothing has succeeded for so long that it is tried no more. */
export function isHopelessSince(failingSince: Date, now: Date): boolean {
  return now.getTime() - failingSince.getTime() >= DISABLE_AFTER_MS;
}
