import type { RetryPolicy } from "../../queue/backoff.ts";

/** For seven hours at most: longer troubles of QuickBooks' are announced, and redriven by hand. */
export const retryPush: RetryPolicy = {
  attempts: 20,
  delayMsFirst: 500,
  delayMsMax: 3_600_000,
};
