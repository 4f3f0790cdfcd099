/** How often a job is tried and how long it rests in between. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  attempts: number;
  delayMsFirst: number;
  delayMsMax: number;
}

/**
 * How long to rest after the given attempt failed, in whole milliseconds: exponential with full jitter
 * (anything between nothing and the ceiling), so that work which failed together does not come back
 * together. Undefined when the attempts are spent.
 *
 * @param attempt the attempt that failed, counted from 1
 * @param random in [0, 1)
 */
export function backoffMs(
  policy: RetryPolicy,
  attempt: number,
  random: number,
): number | undefined {
  if (attempt >= policy.attempts) return undefined;
  // 2^31 doublings are beyond any ceiling; a larger exponent would only make Infinity.
  const doublings = Math.min(Math.max(attempt - 1, 0), 31);
  const ceiling = Math.min(policy.delayMsMax, policy.delayMsFirst * 2 ** doublings);
  return Math.floor(random * ceiling);
}
