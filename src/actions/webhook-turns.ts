import type { Sql, Tx } from "../db/client.ts";
import { inTransaction } from "../db/transaction.ts";
import { findNextAttemptAt } from "../db/webhook-deliveries.ts";
import {
  findWebhookTurn,
  lockWebhookEndpoint,
  setWebhookTurn,
  type EndpointKey,
  type WebhookClaim,
  type WebhookEndpointRow,
} from "../db/webhook-endpoints.ts";

/** A run that gives no sign of life for so long is not believed to deliver any more. */
const CLAIM_MS = 60_000;
/** What is due sooner is waited for by a run; what is due later is found by the minute's look. */
const SOON_MS = 60_000;

/** Who delivers to an endpoint, from now on. */
function claimOf(runId: string, now: Date): WebhookClaim {
  return { claimedBy: runId, claimedUntil: new Date(now.getTime() + CLAIM_MS) };
}

/** The same claim, from now on. Undefined while more than half of its time is left. */
export function prolongedClaim(
  { claimedBy, claimedUntil }: WebhookClaim,
  now: Date,
): WebhookClaim | undefined {
  const leftMs = claimedUntil.getTime() - now.getTime();
  return leftMs > CLAIM_MS / 2 ? undefined : claimOf(claimedBy, now);
}

/** How a run's turn at an endpoint begins. */
export type WebhookTurn =
  | { kind: "taken"; endpoint: WebhookEndpointRow; claim: WebhookClaim }
  | { kind: "none"; reason: string }
  | { kind: "rests"; untilMs: number };

/**
 * Takes the turn at an endpoint, which one run has at a time, so that messages stay in order. What
 * another run is at, it will look for again before it ends: nothing is lost by going away.
 */
export async function takeWebhookTurn(
  sql: Sql,
  key: EndpointKey,
  { runId, now }: { runId: string; now: Date },
): Promise<WebhookTurn> {
  return await inTransaction(sql, async (tx): Promise<WebhookTurn> => {
    const endpoint = await lockWebhookEndpoint(tx, key);
    if (endpoint === undefined) return { kind: "none", reason: "the webhook was deleted" };
    if (endpoint.status === "disabled") {
      return { kind: "none", reason: "the webhook is disabled" };
    }
    const { claimedBy, claimedUntil } = await findWebhookTurn(tx, key);
    const isTaken = claimedUntil !== null && claimedUntil > now && claimedBy !== runId;
    if (isTaken) return { kind: "none", reason: "another run delivers to this webhook" };
    if (endpoint.restsUntil !== null && endpoint.restsUntil > now) {
      const untilMs = await planLook(tx, key, { at: endpoint.restsUntil, now });
      return untilMs === undefined
        ? { kind: "none", reason: "the webhook rests after failures" }
        : { kind: "rests", untilMs };
    }
    const claim = claimOf(runId, now);
    await setWebhookTurn(tx, key, claim);
    return { kind: "taken", endpoint, claim };
  });
}

/**
 * Gives the turn back. What came meanwhile is seen here: whoever left it for this run holds a lock until it
 * is committed (`lockServedEndpoints`), and a run of its own was turned away under the same lock. Returns
 * after how many milliseconds to look again; undefined when nothing waits, or somebody else will look.
 */
export async function endWebhookTurn(
  sql: Sql,
  key: EndpointKey,
  { runId, now }: { runId: string; now: Date },
): Promise<number | undefined> {
  return await inTransaction(sql, async (tx) => {
    const endpoint = await lockWebhookEndpoint(tx, key);
    if (endpoint === undefined) return undefined;
    const { claimedBy } = await findWebhookTurn(tx, key);
    // Somebody took over who believed us dead.
    if (claimedBy !== runId) return undefined;
    const next = endpoint.status === "enabled" ? await findNextAttemptAt(tx, key) : undefined;
    if (next === undefined) {
      await setWebhookTurn(tx, key, { claimedBy: null, wakesAt: null });
      return undefined;
    }
    const { restsUntil } = endpoint;
    const at = restsUntil !== null && restsUntil > next ? restsUntil : next;
    return await planLook(tx, key, { at, now });
  });
}

/** One run is enough to look at a time: undefined when another will look soon enough. */
async function planLook(
  tx: Tx,
  key: EndpointKey,
  { at, now }: { at: Date; now: Date },
): Promise<number | undefined> {
  const { wakesAt } = await findWebhookTurn(tx, key);
  const isPlanned = wakesAt !== null && wakesAt > now && wakesAt <= at;
  const delayMs = Math.max(0, at.getTime() - now.getTime());
  const isOurs = !isPlanned && delayMs <= SOON_MS;
  await setWebhookTurn(tx, key, { claimedBy: null, wakesAt: isOurs ? at : wakesAt });
  return isOurs ? delayMs : undefined;
}
