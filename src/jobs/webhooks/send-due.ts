import { recordWebhookResults, type WebhookResult } from "../../actions/record-webhook-attempts.ts";
import { openWebhookSecrets } from "../../actions/webhook-secrets.ts";
import { claimOf } from "../../actions/webhook-turns.ts";
import { judgeWebhookAnswer } from "../../billing/webhook-retries.ts";
import { inTransaction } from "../../db/transaction.ts";
import { listDueDeliveries, type DueDelivery } from "../../db/webhook-deliveries.ts";
import type { WebhookEndpointRow } from "../../db/webhook-endpoints.ts";
import type { JobContext } from "../define-job.ts";

/** Messages on their way to one endpoint at once; of one record only one. */
const LANES = 10;
/** Messages, and bytes of them, that one look takes up. The lanes rest while it looks. */
const BATCH_MAX = 5_000;
const BYTES_MAX = 2_000_000;
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
 * Sends what is due at an endpoint, up to a batch: the messages of one record one after the other,
 * those of different records beside each other. One that fails holds up those after it about the same
 * record, and nothing else. An endpoint that failed before is tried with one message.
 *
 * An attempt is written down after it was made: a process that dies in between makes it again, with
 * the same webhook-id.
 */
export async function sendDue(
  ctx: JobContext,
  endpoint: WebhookEndpointRow,
  isTime: () => boolean,
): Promise<Sent> {
  const { sql, clock, connectors, signal } = ctx;
  const now = clock.now();
  const url = new URL(endpoint.url);
  const isProbe = endpoint.failedRounds > 0;
  const due = await listDueDeliveries(sql, {
    companyId: endpoint.companyId,
    id: endpoint.id,
    now,
    bytesMax: BYTES_MAX,
    limit: isProbe ? 1 : BATCH_MAX,
  });
  const secrets = openWebhookSecrets(connectors.connections.keys, endpoint, now);
  const chains = chainsOf(due).values();
  const sent: Sent = { delivered: 0, failed: 0, isOpen: true, wasDue: due.length > 0 };
  const recorder = createRecorder(ctx, endpoint);
  let failuresInRow = 0;
  const mayGoOn = () => sent.isOpen && recorder.isOpen() && isTime() && !signal.aborted;

  async function runLane(): Promise<void> {
    for (const chain of chains) {
      for (const delivery of chain) {
        if (!mayGoOn()) return;
        // Those behind it about the same record wait with it.
        if (!(await deliver(delivery))) break;
      }
    }
  }

  async function deliver(delivery: DueDelivery): Promise<boolean> {
    const at = clock.now().toISOString();
    const { body } = delivery;
    const id = messageIdOf(delivery.messageId);
    const reply = await connectors.webhookTarget.send({ url, id, body, secrets, signal });
    const result = { ...reply, delivery, at };
    const verdict = judgeWebhookAnswer(result);
    const isDelivered = verdict === "delivered";
    failuresInRow = isDelivered ? 0 : failuresInRow + 1;
    sent[isDelivered ? "delivered" : "failed"] += 1;
    const losesRound =
      !isDelivered && (isProbe || verdict === "throttled" || failuresInRow >= FAILURES_MAX);
    if (losesRound) sent.isOpen = false;
    recorder.add(result, { isDelivered, losesRound });
    return isDelivered;
  }

  const lanes = await Promise.allSettled(Array.from({ length: LANES }, runLane));
  // What was sent is written down, also when the run was told to stop.
  await recorder.finish();
  for (const lane of lanes) if (lane.status === "rejected") throw lane.reason;
  return { ...sent, isOpen: sent.isOpen && recorder.isOpen() };
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

/** As receivers see it: letters, digits and one underscore. */
export function messageIdOf(uuid: string): string {
  return `msg_${uuid.replaceAll("-", "")}`;
}

/**
 * Writes results down while others are on their way: a failure at once, for what follows from it; what was
 * delivered with all that comes soon after, because each write costs as much as sending dozens.
 */
function createRecorder({ sql, clock, run }: JobContext, endpoint: WebhookEndpointRow) {
  const key = { companyId: endpoint.companyId, id: endpoint.id };
  let results: WebhookResult[] = [];
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
    const recorded = await inTransaction(sql, (tx) =>
      recordWebhookResults(tx, key, {
        ...batch,
        claim: claimOf(run.id, machineNow),
        machineNow,
        random: Math.random,
      }),
    );
    isOpen &&= recorded.isOpen;
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
      result: WebhookResult,
      { isDelivered, losesRound }: Record<"isDelivered" | "losesRound", boolean>,
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
