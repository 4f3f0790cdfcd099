import { getNextMillis } from "bullmq";

/** When a schedule ticks: at multiples of `everyMs` since 1970, or by a five-field cron rule in UTC. */
export type Rhythm = { everyMs: number } | { cron: string };

/**
 * The first tick after the given instant. Computed by BullMQ's own rule, so that its alarm and our
 * row agree.
 *
 * @throws Error when the cron rule cannot be read or never comes again
 */
export function nextTick(rhythm: Rhythm, after: Date): Date {
  const next =
    "everyMs" in rhythm
      ? getNextMillis(after.getTime(), { every: rhythm.everyMs })
      : getNextMillis(after.getTime(), { pattern: rhythm.cron, tz: "UTC" });
  if (next === undefined)
    throw new Error(`The schedule ${JSON.stringify(rhythm)} has no next tick.`);
  return new Date(next);
}
