import { createHash } from "node:crypto";
import type { Sql, Tx } from "../db/client.ts";
import { countAttempt } from "../db/rate-limits.ts";
import type { ApiServices } from "./context.ts";
import { TooManyRequests } from "./failures.ts";

/** How often one may do one thing within a window, in milliseconds. */
export interface Limit {
  /** What is counted, e.g. "reset for address". */
  what: string;
  /** For whom; kept as a hash only. */
  who: string;
  max: number;
  windowMs: number;
}

/**
 * Counts one more attempt under each limit, in the database, so that neither a restart nor another
 * process gives new ones. Throws TooManyRequests at the first limit that is passed. With a
 * transaction, what is refused or fails is not counted.
 */
export async function throttle(
  sql: Sql | Tx,
  { clock, settings }: Pick<ApiServices, "clock" | "settings">,
  { limits, message }: { limits: readonly Limit[]; message: string },
): Promise<void> {
  const now = clock.now();
  for (const limit of limits) {
    const { max, windowMs } = limit;
    const key = attemptKey(limit, settings.ipSalt);
    const { failures, windowStart } = await countAttempt(sql, { key, now, windowMs });
    if (failures <= max) continue;
    const waitMs = windowStart.getTime() + windowMs - now.getTime();
    throw new TooManyRequests(message, {
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    });
  }
}

/** Under which the attempts of one limit are counted; the salt keeps it from being guessed back. */
export function attemptKey({ what, who }: Pick<Limit, "what" | "who">, salt: string): Buffer {
  return createHash("sha256").update(`${salt}\n${what}\n${who}`).digest();
}
