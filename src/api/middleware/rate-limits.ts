import type { Request, Response } from "express";
import { addUses } from "../../db/rate-limits.ts";
import { hashAddress, networkOf } from "../addresses.ts";
import type { ApiServices } from "../context.ts";
import { TooManyRequests } from "../failures.ts";
import type { Identity } from "./authenticate.ts";

const windowMs = 3_600_000;
/** How long uses may be counted here before the other processes are told. */
const flushMs = 1_000;
/** The share of what is left that may be used here before the others are told. */
const localShare = 0.1;

export interface RateLimits {
  /** Counts a request and sets X-RateLimit-*. Throws TooManyRequests past the limit (API.md rule 8). */
  count(request: Request, response: Response, identity: Identity | undefined): Promise<void>;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Count {
  windowStart: number;
  /** What all processes had used when last asked. */
  shared: number;
  /** Used here since then. */
  pending: number;
}

/**
 * Fixed windows of an hour per caller, shared by all processes through the database. Far from its
 * limit a caller is counted here and written once a second; the nearer it comes the more often, and
 * at last every request asks the database, so that processes together let in the limit and no more.
 */
export function createRateLimits({ sql, clock, log, settings }: ApiServices): RateLimits {
  const counts = new Map<string, Count>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  return {
    async count(request, response, identity) {
      const limit = limitOf(identity);
      const now = clock.now().getTime();
      const windowStart = now - (now % windowMs);
      const resetSeconds = Math.ceil((windowStart + windowMs) / 1000);
      response.setHeader("X-RateLimit-Reset", String(resetSeconds));
      if (limit === null) {
        response.setHeader("X-RateLimit-Limit", "unlimited");
        response.setHeader("X-RateLimit-Remaining", "unlimited");
        return;
      }
      const used = await use(keyOf(request, identity), windowStart, limit);
      response.setHeader("X-RateLimit-Limit", String(limit));
      response.setHeader("X-RateLimit-Remaining", String(Math.max(0, limit - used)));
      if (used > limit) {
        throw new TooManyRequests(`The limit of ${limit} requests an hour is reached.`, {
          retryAfterSeconds: Math.max(1, Math.ceil((windowStart + windowMs - now) / 1000)),
        });
      }
    },
    flush,
    async close() {
      clearTimeout(timer);
      await flush();
    },
  };

  function limitOf(identity: Identity | undefined): number | null {
    if (identity === undefined) return settings.publicRequestsPerHour;
    if (!identity.hasRateLimit) return null;
    return settings.requestsPerHour[identity.company?.plan ?? settings.planDefault];
  }

  function keyOf(request: Request, identity: Identity | undefined): string {
    if (identity !== undefined) return `${identity.caller.kind} ${identity.caller.id}`;
    return `address ${hashAddress(networkOf(request.ip ?? ""), settings.ipSalt).toString("base64url")}`;
  }

  async function use(key: string, windowStart: number, limit: number): Promise<number> {
    let count = counts.get(key);
    if (count === undefined || count.windowStart !== windowStart) {
      // First sight in this window: ask what other processes, or we before a restart, have counted.
      const fresh: Count = { windowStart, shared: 0, pending: 0 };
      counts.set(key, fresh);
      fresh.shared = Math.max(fresh.shared, await addNow(key, windowStart, 1));
      return fresh.shared;
    }
    if (count.pending + 1 > (limit - count.shared) * localShare) {
      const uses = count.pending + 1;
      count.pending = 0;
      count.shared = Math.max(count.shared, await addNow(key, windowStart, uses));
      return count.shared;
    }
    count.pending += 1;
    timer ??= startTimer();
    return count.shared + count.pending;
  }

  async function addNow(key: string, windowStart: number, used: number): Promise<number> {
    const [row] = await addUses(sql, { windowStart: new Date(windowStart), uses: [{ key, used }] });
    return row?.used ?? used;
  }

  function startTimer(): NodeJS.Timeout {
    const started = setTimeout(() => {
      timer = undefined;
      void flush();
    }, flushMs);
    started.unref();
    return started;
  }

  async function flush(): Promise<void> {
    flushing = flushing.then(flushOnce);
    await flushing;
  }

  async function flushOnce(): Promise<void> {
    const windows = new Map<number, { key: string; used: number }[]>();
    const newest = clock.now().getTime() - windowMs;
    for (const [key, count] of counts) {
      if (count.pending > 0) {
        const uses = windows.get(count.windowStart) ?? [];
        uses.push({ key, used: count.pending });
        windows.set(count.windowStart, uses);
        count.shared += count.pending;
        count.pending = 0;
      } else if (count.windowStart < newest) {
        counts.delete(key);
      }
    }
    for (const [windowStart, uses] of windows) {
      try {
        for (const row of await addUses(sql, { windowStart: new Date(windowStart), uses })) {
          const count = counts.get(row.key);
          if (count?.windowStart === windowStart) count.shared = Math.max(count.shared, row.used);
        }
      } catch (error) {
        // Lost counts let somebody in a little longer; refusing everybody would be worse.
        log.warn({ err: error, callers: uses.length }, "rate limit counts were not written");
      }
    }
  }
}
