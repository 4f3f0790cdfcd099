import type { Sql } from "../db/client.ts";
import {
  findNextDueMs,
  findWaitingQueues,
  promoteDueRuns,
  putBack,
  takeTurns,
} from "../db/run-feed.ts";
import type { QueueBackend } from "../queue/backend.ts";
import { runQueues, type QueueName } from "../queue/names.ts";

export interface FeederOptions {
  sql: Sql;
  backend: QueueBackend;
  /** Per queue, the most runs it is given ahead of the workers, while these are not quick. */
  window: Readonly<Record<QueueName, number>>;
  /** The longest rest. */
  pollMs: number;
}

const PROMOTED_MAX = 1_000;
const BACKLOG_REST_MS = { first: 2, max: 100 };

/** Half a window that is gone so soon shows that more of it may be given. */
const QUICK_MS = 50;
/** Half a window that took so long shows that runs take their time, and newcomers would wait. */
const SLOW_MS = 250;
const WIDEST = 8;

/** Where a queue's feeding stands. */
interface Place {
  /** The company served last: the round goes on after it. */
  companyId: number;
  window: number;
  /** By `performance.now()`. */
  fedAt: number;
}

/**
 * Hands due runs to their queues, company by company, and never more than a queue's window of runs that
 * have not started: the queue is first in, first out, so what it holds is what a newcomer waits for.
 * The window widens while the queue gets through it in moments, and so bounds that wait in time.
 * Returns one pass; a pass returns how many milliseconds to rest.
 */
export function createFeeder({
  sql,
  backend,
  window,
  pollMs,
}: FeederOptions): () => Promise<number> {
  const places = new Map<QueueName, Place>();
  let backlogRestMs = BACKLOG_REST_MS.first;

  async function feed(queue: QueueName): Promise<number> {
    const place = places.get(queue) ?? { companyId: -1, window: window[queue], fedAt: -Infinity };
    const rows = await takeTurns(sql, {
      queue,
      window: place.window,
      afterCompanyId: place.companyId,
    });
    const last = rows.at(-1);
    if (last === undefined) return 0;
    const now = performance.now();
    places.set(queue, {
      companyId: last.companyId,
      // Where less waits than there is room for, nothing has been shown.
      window:
        2 * rows.length < place.window
          ? window[queue]
          : adapt(place.window, window[queue], now - place.fedAt),
      fedAt: now,
    });
    try {
      await backend.add(
        queue,
        rows.map(({ runId, delivery }) => ({ runId, delivery })),
      );
    } catch (error) {
      // It may have taken them all the same; then it is offered them again and ignores that.
      await putBack(sql, rows);
      throw error;
    }
    return rows.length;
  }

  return async () => {
    const promoted = await promoteDueRuns(sql, PROMOTED_MAX);
    const waiting = await findWaitingQueues(sql, runQueues);
    let fed = 0;
    for (const queue of runQueues) {
      if (waiting.includes(queue)) fed += await feed(queue);
    }
    if (promoted === PROMOTED_MAX) return 0;
    if (waiting.length > 0) {
      // More may wait behind full windows: look again soon, and ever less soon while nothing starts.
      backlogRestMs =
        fed > 0 ? BACKLOG_REST_MS.first : Math.min(2 * backlogRestMs, BACKLOG_REST_MS.max);
      return backlogRestMs;
    }
    const dueMs = await findNextDueMs(sql);
    return Math.min(pollMs, Math.max(0, dueMs ?? pollMs));
  };
}

/** @param sinceMs how long ago the queue was fed before */
function adapt(current: number, narrowest: number, sinceMs: number): number {
  if (sinceMs < QUICK_MS) return Math.min(2 * current, WIDEST * narrowest);
  return sinceMs > SLOW_MS ? narrowest : current;
}
