import type { Request, Response } from "express";
import { touchApiTokens } from "../../db/api-tokens.ts";
import { insertUsage, type UsageRow } from "../../db/api-usage.ts";
import { hashAddress } from "../addresses.ts";
import type { ApiServices } from "../context.ts";
import type { Identity } from "./authenticate.ts";

const flushMs = 1_000;
const batchMax = 500;
/** When the database is away, newer uses are counted as lost rather than kept without end. */
const waitingMax = 10_000;

/** A use, and where from: hashed when it is written, once for all uses from there. */
type Use = Omit<UsageRow, "ipHash"> & { ip: string };

export interface UsageRecorder {
  /** Says on whose behalf a request is, so that it is recorded when it is over. */
  attribute: (request: Request, response: Response, identity: Identity) => void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Records each use of an API token after the answer is out (API.md rule 2), in batches: a request
 * never waits for its own bookkeeping. Also says when each token was last used.
 */
export function createUsageRecorder({ sql, clock, log, settings }: ApiServices): UsageRecorder {
  let waiting: Use[] = [];
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  return {
    attribute(request, response, { caller, company }) {
      if (caller.kind !== "token" || company === undefined) return;
      const startedAt = Number(response.locals["startedAt"]);
      response.on("close", () => {
        if (waiting.length >= waitingMax) {
          lost += 1;
          return;
        }
        waiting.push({
          companyId: company.id,
          apiTokenId: caller.id,
          endpoint: String(response.locals["endpoint"] ?? "unknown"),
          method: request.method,
          status: response.statusCode,
          durationMs: Math.round(performance.now() - startedAt),
          userAgent: request.get("User-Agent")?.slice(0, 255) ?? null,
          ip: request.ip ?? "",
          requestId: String(response.locals["requestId"]),
          usedAt: clock.now(),
        });
        if (waiting.length >= batchMax) void flush();
        else timer ??= startTimer();
      });
    },
    flush,
    async close() {
      clearTimeout(timer);
      await flush();
    },
  };

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
    const rows = waiting;
    waiting = [];
    if (rows.length === 0) return;
    try {
      const hashes = new Map<string, Buffer>();
      for (const { ip } of rows) {
        if (!hashes.has(ip)) hashes.set(ip, hashAddress(ip, settings.ipSalt));
      }
      await insertUsage(
        sql,
        rows.map(({ ip, ...row }) => ({ ...row, ipHash: hashes.get(ip)! })),
      );
      const lastUses = new Map(rows.map((row) => [row.apiTokenId, row.usedAt]));
      await touchApiTokens(
        sql,
        [...lastUses].map(([id, usedAt]) => ({ id, usedAt })),
      );
      if (lost > 0) log.error({ lost }, "uses of API tokens were not recorded");
      lost = 0;
    } catch (error) {
      log.error({ err: error, uses: rows.length }, "uses of API tokens were not recorded");
    }
  }
}
