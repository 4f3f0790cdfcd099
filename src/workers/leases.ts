import { randomUUID } from "node:crypto";
import type { Sql } from "../db/client.ts";
import {
  claimRuns,
  findSettledRuns,
  renewLeases,
  settleRuns,
  type ClaimedRun,
  type ClaimRequest,
  type RunStatus,
  type Settlement,
} from "../db/run-ledger.ts";
import { isDatabaseTrouble } from "../db/transaction.ts";
import type { Log } from "../platform/log.ts";
import type { Delivery } from "../queue/backend.ts";
import { createBatcher } from "./batcher.ts";
import { startLoop } from "./loop.ts";
import { persist } from "./persist.ts";
import { LeaseLost, RunCancelled } from "./stop-reasons.ts";

const batching = {
  /** Statements of one kind never carry more runs than this. */
  sizeMax: 200,
  isFaultOfItems: (error: unknown) => !isDatabaseTrouble(error),
};

/** The runs this process holds, and what it says of them to the ledger. */
export interface Leases {
  /** Starts the delivered run. Undefined when it is not to be started: stale, done or cancelled. */
  claim(delivery: Delivery, abort: AbortController): Promise<ClaimedRun | undefined>;
  /** Ends our lease. Resolves to what became of the run, or "lost" when another had taken it. */
  settle(settlement: Settlement): Promise<RunStatus | "lost">;
  /** Ends this lease without a word: whatever there was to say does not count. A newer one of the run stays. */
  drop(lease: { runId: string; leaseToken: string }): void;
  /** Aborts the run when we hold it. */
  cancel(runId: string): void;
  /** Aborts every run we hold. */
  abortAll(reason: unknown): void;
  /** Resolves when all claims and endings are written. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

export interface LeaseOptions {
  sql: Sql;
  log: Log;
  worker: string;
  /** How long a run stays ours without a sign of life. */
  leaseMs: number;
  /** How often we give one. */
  heartbeatMs: number;
  /** Ends the attempts to reach a database that is away. */
  signal: AbortSignal;
}

interface Held {
  leaseToken: string;
  abort: AbortController;
  /** When the lease surely is over, by `performance.now()`. */
  expiresAt: number;
}

/** Claims, renews and ends leases, many at a time. */
export function createLeases({
  sql,
  log,
  worker,
  leaseMs,
  heartbeatMs,
  signal,
}: LeaseOptions): Leases {
  const held = new Map<string, Held>();

  const claims = createBatcher<ClaimRequest, ClaimedRun | undefined>(async (requests) => {
    const runs = await persist(signal, () =>
      claimRuns(sql, inOrder(requests), { worker, leaseMs }),
    );
    const byToken = new Map(runs.map((run) => [run.leaseToken, run]));
    return requests.map((request) => byToken.get(request.leaseToken));
  }, batching);

  const endings = createBatcher<Settlement, RunStatus | "lost">(async (settlements) => {
    const settled = await persist(signal, () => settleRuns(sql, inOrder(settlements)));
    const statuses = new Map(settled.map((run) => [run.id, run.status]));
    const missing = settlements.filter(({ runId }) => !statuses.has(runId));
    if (missing.length > 0) {
      // Either lost, or settled by a statement whose answer the connection swallowed.
      const found = await persist(signal, () => findSettledRuns(sql, missing));
      for (const run of found) statuses.set(run.id, run.status);
    }
    return settlements.map(({ runId }) => statuses.get(runId) ?? "lost");
  }, batching);

  async function renew(): Promise<void> {
    if (held.size === 0) return;
    const asked = [...held].map(([runId, lease]) => ({ runId, ...lease }));
    const renewedAt = performance.now();
    const renewed = await renewLeases(sql, inOrder(asked), leaseMs);
    const byRun = new Map(renewed.map((lease) => [lease.runId, lease]));
    for (const { runId, leaseToken } of asked) {
      const lease = held.get(runId);
      // Settled, or claimed anew, while the statement was under way.
      if (lease?.leaseToken !== leaseToken) continue;
      const answer = byRun.get(runId);
      if (answer === undefined) lease.abort.abort(new LeaseLost());
      else lease.expiresAt = renewedAt + leaseMs;
      if (answer?.isCancelRequested) lease.abort.abort(new RunCancelled());
    }
  }

  function abortExpired(): void {
    const now = performance.now();
    for (const lease of held.values()) {
      if (lease.expiresAt <= now) lease.abort.abort(new LeaseLost());
    }
  }

  /** Unless we have claimed the run anew meanwhile: that lease is another. */
  function drop({ runId, leaseToken }: { runId: string; leaseToken: string }): void {
    if (held.get(runId)?.leaseToken === leaseToken) held.delete(runId);
  }

  const heartbeat = startLoop(log, "heartbeat", async () => {
    try {
      await renew();
    } finally {
      abortExpired();
    }
    return heartbeatMs;
  });

  return {
    async claim(delivery, abort) {
      const leaseToken = randomUUID();
      const askedAt = performance.now();
      const run = await claims.ask({ ...delivery, leaseToken });
      if (run !== undefined) held.set(run.id, { leaseToken, abort, expiresAt: askedAt + leaseMs });
      return run;
    },
    async settle(settlement) {
      try {
        return await endings.ask(settlement);
      } finally {
        drop(settlement);
      }
    },
    drop,
    cancel: (runId) => held.get(runId)?.abort.abort(new RunCancelled()),
    abortAll(reason) {
      for (const lease of held.values()) lease.abort.abort(reason);
    },
    async idle() {
      await claims.idle();
      await endings.idle();
    },
    stop: () => heartbeat.stop(),
  };
}

/** Two statements that touch the same rows in the same order do not deadlock. */
function inOrder<Row extends { runId: string }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
}
