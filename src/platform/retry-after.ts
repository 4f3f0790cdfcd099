/** Longer than this is taken for a mistake: a day. */
const RETRY_AFTER_MS_MAX = 86_400_000;

/**
 * Milliseconds of a `Retry-After` header: whole or broken seconds, or an HTTP date (RFC 9110 10.2.3).
 * Undefined when it is missing or neither; at most a day.
 */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1_000, RETRY_AFTER_MS_MAX);
  // Date.parse also reads "5 apples", as a year.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  return Math.min(Math.max(0, at - now.getTime()), RETRY_AFTER_MS_MAX);
}
