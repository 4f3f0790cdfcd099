import { openWebhookSecrets } from "../../actions/webhook-secrets.ts";
import { listDueDeliveries, type DueDelivery } from "../../db/webhook-deliveries.ts";
import { getWebhookEndpoint, type WebhookEndpointRow } from "../../db/webhook-endpoints.ts";
import type { JobContext } from "../define-job.ts";

/**
 * Messages, and bytes of them, that one look takes up: many, for each look goes over all that waits at the
 * endpoint, and no more than a worker can hold of every endpoint that it sends to at a time (50, when nothing
 * else is set).
 */
const BATCH_MAX = 5_000;
const BYTES_MAX = 2_000_000;
/** After fewer, another look at the same time would hardly find any. */
const BATCH_MIN = 100;

/** Messages about one record that are due, oldest first, and how they go out. */
export interface Chain {
  deliveries: DueDelivery[];
  url: URL;
  /** The newest first; each signs. */
  secrets: readonly string[];
}

/** What is due at an endpoint, a chain at a time. */
export interface Supply {
  /** Undefined when there is nothing at the moment. */
  take(): Chain | undefined;
  /** Waits until there is something; false when nothing more is to be expected. */
  hasMore(): Promise<boolean>;
  /** Looks once more, although a look found little. */
  lookAgain(): void;
  /** Says of messages that were taken that they are written down, or are not going to be sent. */
  settle: (this: void, deliveries: readonly DueDelivery[]) => void;
  /** Looks for no more. @throws what a look threw: NotFound when the endpoint was deleted meanwhile */
  end(): Promise<void>;
}

/**
 * Looks for what is due, and for more when half of it is taken, until a look finds little. A look leaves
 * alone what is about the same record as something that was taken up and is not settled: what becomes of
 * that decides whether it may be sent, and a later look will know. A look that finds the endpoint disabled
 * is the last one; one that finds it deleted, too, and `end` throws its NotFound.
 *
 * @param isProbe one message is all
 */
export function createSupply(
  { sql, clock, connectors }: JobContext,
  endpoint: WebhookEndpointRow,
  { isProbe }: { isProbe: boolean },
): Supply {
  const key = { companyId: endpoint.companyId, id: endpoint.id };
  /** Messages about each record that were taken up and are not settled. */
  const unsettled = new Map<string, number>();
  let chains: Chain[] = [];
  let taken = 0;
  /** Whether the last look found little. */
  let isOver = false;
  let isClosed = false;
  let failure: { error: unknown } | undefined;
  let looking: Promise<void> | undefined;

  async function look(known?: WebhookEndpointRow): Promise<void> {
    const now = clock.now();
    const [current, due] = await Promise.all([
      // It may have been disabled, or have another address or other secrets by now.
      known ?? getWebhookEndpoint(sql, key),
      listDueDeliveries(sql, {
        ...key,
        now,
        bytesMax: BYTES_MAX,
        limit: isProbe ? 1 : BATCH_MAX,
        except: [...unsettled.keys()],
      }),
    ]);
    isClosed ||= current.status !== "enabled";
    if (isClosed) return;
    isOver = due.length < BATCH_MIN;
    const url = new URL(current.url);
    const secrets = openWebhookSecrets(connectors.connections.keys, current, now);
    chains = chains.slice(taken);
    taken = 0;
    for (const deliveries of chainsOf(due)) {
      unsettled.set(deliveries[0]!.subject, deliveries.length);
      chains.push({ deliveries, url, secrets });
    }
  }

  function start(known?: WebhookEndpointRow): void {
    if (isOver || isClosed) return;
    looking ??= look(known)
      .catch((error: unknown) => {
        failure = { error };
        isClosed = true;
      })
      .finally(() => {
        looking = undefined;
      });
  }

  start(endpoint);
  return {
    take() {
      if (taken * 2 >= chains.length) start();
      return taken < chains.length ? chains[taken++] : undefined;
    },
    async hasMore() {
      await looking;
      return taken < chains.length || !(isOver || isClosed);
    },
    lookAgain() {
      isOver = false;
      start();
    },
    settle(deliveries) {
      for (const { subject } of deliveries) {
        const left = (unsettled.get(subject) ?? 0) - 1;
        if (left > 0) unsettled.set(subject, left);
        else unsettled.delete(subject);
      }
    },
    async end() {
      isClosed = true;
      await looking;
      // oxlint-disable-next-line typescript/only-throw-error -- what the database threw
      if (failure !== undefined) throw failure.error;
    },
  };
}

/** The messages of each record that follow on each other and are due, oldest first. */
function chainsOf(due: readonly DueDelivery[]): DueDelivery[][] {
  const chains = new Map<string, DueDelivery[]>();
  const waiting = new Set<string>();
  for (const delivery of due) {
    const { subject } = delivery;
    if (!delivery.isDue) waiting.add(subject);
    if (waiting.has(subject)) continue;
    const chain = chains.get(subject);
    if (chain === undefined) chains.set(subject, [delivery]);
    else chain.push(delivery);
  }
  return [...chains.values()];
}
