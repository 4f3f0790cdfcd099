import { recordWebhookResults, type WebhookResult } from "../../actions/record-webhook-attempts.ts";
import { prolongedClaim } from "../../actions/webhook-turns.ts";
import { judgeWebhookAnswer } from "../../billing/webhook-retries.ts";
import { inTransaction } from "../../db/transaction.ts";
import type { DueDelivery } from "../../db/webhook-deliveries.ts";
import type { WebhookClaim, WebhookEndpointRow } from "../../db/webhook-endpoints.ts";
import type { JobContext } from "../define-job.ts";
import { createSupply, type Chain } from "./supply.ts";

/** Messages on their way to one endpoint at once; of one record only one. */
const LANES = 10;
/** So often somebody looks for what is due while some messages wait long for their answers. */
const LOOK_AGAIN_MS = 500;
/** Deliveries are written down together with those that follow within so many milliseconds. */
const GATHER_MS = 50;
/** So many failures in a row, and the endpoint rests. */
const FAILURES_MAX = 5;

export interface Sent {
  delivered: number;
  failed: number;
  /** Whether the endpoint takes more now. */
  isOpen: boolean;
  /** Whether something was due. */
  wasDue: boolean;
}

/**
 * Sends what is due at an endpoint: the messages of one record one after the other, those of different
 * records beside each other. One that fails holds up those after it about the same record, and nothing
 * else. An endpoint that failed before is tried with one message.
 *
 * An attempt is written down after it was made: a process that dies in between makes it again, with
 * the same webhook-id. Neither this nor looking for more keeps messages from being sent.
 */
export async function sendDue(
  ctx: JobContext,
  endpoint: WebhookEndpointRow,
  { claim, isTime }: { claim: WebhookClaim; isTime: () => boolean },
): Promise<Sent> {
  const { clock, connectors, signal } = ctx;
  const isProbe = endpoint.failedRounds > 0;
  const sent: Sent = { delivered: 0, failed: 0, isOpen: true, wasDue: false };
  const supply = createSupply(ctx, endpoint, { isProbe });
  const recorder = createRecorder(ctx, endpoint, { claim, onRecorded: supply.settle });
  let failuresInRow = 0;
  const mayGoOn = () => sent.isOpen && recorder.isOpen() && isTime() && !signal.aborted;

  async function runLane(): Promise<void> {
    while (mayGoOn()) {
      const chain = supply.take();
      if (chain !== undefined) await sendChain(chain);
      else if (!(await supply.hasMore())) return;
    }
  }

  async function sendChain(chain: Chain): Promise<void> {
    sent.wasDue = true;
    for (const [index, delivery] of chain.deliveries.entries()) {
      if (!mayGoOn()) return;
      if (await deliver(delivery, chain)) continue;
      // Those behind it about the same record wait with it.
      supply.settle(chain.deliveries.slice(index + 1));
      return;
    }
  }

  async function deliver(delivery: DueDelivery, { url, secrets }: Chain): Promise<boolean> {
    const at = clock.now().toISOString();
    const { body } = delivery;
    const id = messageIdOf(delivery.messageId);
    const reply = await connectors.webhookTarget.send({ url, id, body, secrets, signal });
    // Added to, for a copy of every answer is felt at thousands a second.
    const result = Object.assign(reply, { delivery, at });
    const verdict = judgeWebhookAnswer(result);
    const isDelivered = verdict === "delivered";
    failuresInRow = isDelivered ? 0 : failuresInRow + 1;
    sent[isDelivered ? "delivered" : "failed"] += 1;
    // Those that were on their way when it was lost belong to it.
    const losesRound =
      sent.isOpen &&
      !isDelivered &&
      (isProbe || verdict === "throttled" || failuresInRow >= FAILURES_MAX);
    if (losesRound) sent.isOpen = false;
    recorder.add(result, { isDelivered, losesRound });
    return isDelivered;
  }

  /** A lane ends when nothing is due; as long as others wait for their answers, it may begin anew. */
  async function runLanes(): Promise<void> {
    const lanes = new Set<Promise<void>>();
    let failure: { error: unknown } | undefined;
    const fill = () => {
      while (lanes.size < LANES) {
        const lane: Promise<void> = runLane()
          .catch((error: unknown) => {
            failure ??= { error };
          })
          .finally(() => lanes.delete(lane));
        lanes.add(lane);
      }
    };
    const timer = setInterval(() => {
      if (isProbe || lanes.size === LANES || !mayGoOn()) return;
      supply.lookAgain();
      fill();
    }, LOOK_AGAIN_MS);
    fill();
    while (lanes.size > 0) await Promise.race(lanes);
    clearInterval(timer);
    // oxlint-disable-next-line typescript/only-throw-error -- what a lane threw
    if (failure !== undefined) throw failure.error;
  }

  const [lanes] = await Promise.allSettled([runLanes()]);
  // What was sent is written down, also when the run was told to stop.
  const ends = await Promise.allSettled([recorder.finish(), supply.end()]);
  for (const end of [...ends, lanes]) if (end.status === "rejected") throw end.reason;
  return { ...sent, isOpen: sent.isOpen && recorder.isOpen() };
}

interface DueResult extends WebhookResult {
  delivery: DueDelivery;
}

/** As receivers see it: letters, digits and one underscore. */
export function messageIdOf(uuid: string): string {
  return `msg_${uuid.replaceAll("-", "")}`;
}

/**
 * Writes results down while others are on their way: a failure at once, for what follows from it; what was
 * delivered with all that comes soon after, because each write costs as much as sending dozens.
 */
function createRecorder(
  { sql, clock }: JobContext,
  endpoint: WebhookEndpointRow,
  {
    claim: firstClaim,
    onRecorded,
  }: { claim: WebhookClaim; onRecorded: (deliveries: readonly DueDelivery[]) => void },
) {
  const key = { companyId: endpoint.companyId, id: endpoint.id };
  let claim = firstClaim;
  let results: DueResult[] = [];
  let isRoundLost = false;
  let isUrgent = false;
  let isOpen = true;
  let failure: { error: unknown } | undefined;
  let recording: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function record(): Promise<void> {
    const batch = { results, isRoundLost };
    results = [];
    isRoundLost = false;
    isUrgent = false;
    const machineNow = clock.now();
    const prolonged = prolongedClaim(claim, machineNow);
    const recorded = await inTransaction(sql, (tx) =>
      recordWebhookResults(tx, key, {
        ...batch,
        claim: prolonged,
        machineNow,
        random: Math.random,
      }),
    );
    claim = prolonged ?? claim;
    isOpen &&= recorded.isOpen;
    onRecorded(batch.results.map(({ delivery }) => delivery));
  }

  function start(): void {
    clearTimeout(timer);
    timer = undefined;
    recording ??= record()
      .catch((error: unknown) => {
        failure ??= { error };
        isOpen = false;
      })
      .finally(() => {
        recording = undefined;
        plan();
      });
  }

  function plan(): void {
    if (results.length === 0 || failure !== undefined || recording !== undefined) return;
    if (isUrgent) start();
    else timer ??= setTimeout(start, GATHER_MS);
  }

  return {
    isOpen: () => isOpen,
    add(
      result: DueResult,
      { isDelivered, losesRound }: { isDelivered: boolean; losesRound: boolean },
    ): void {
      results.push(result);
      isRoundLost ||= losesRound;
      isUrgent ||= !isDelivered;
      plan();
    },
    async finish(): Promise<void> {
      while (results.length > 0 && failure === undefined) {
        start();
        await recording;
      }
      await recording;
      // oxlint-disable-next-line typescript/only-throw-error -- what the database threw
      if (failure !== undefined) throw failure.error;
    },
  };
}
