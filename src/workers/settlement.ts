import type { ClaimedRun, RunError, Settlement } from "../db/run-ledger.ts";
import { sqlState } from "../db/client.ts";
import { ConnectionRevoked, Failure, retryOf } from "../errors.ts";
import type { Outcome } from "../jobs/define-job.ts";
import { redactText } from "../platform/redact.ts";
import { storableJson, storableText } from "../platform/storable-text.ts";
import { backoffMs, type RetryPolicy } from "../queue/backoff.ts";
import { LeaseLost, RunCancelled, WorkerStopping } from "./stop-reasons.ts";

/** How the job's function came back. */
export type Ending = { kind: "returned"; outcome: Outcome } | { kind: "threw"; error: unknown };

const MESSAGE_LENGTH_MAX = 2_000;
/** A result is for looking at; what is larger belongs into a table of its own. */
const RESULT_LENGTH_MAX = 100_000;

/**
 * What becomes of a run. Undefined when it is no longer ours to say.
 *
 * @param stopReason why its signal was aborted, when it was: what it threw then follows from that
 * @param random in [0, 1), for the jitter of the rest before the next attempt
 */
export function settlementOf(
  run: Pick<ClaimedRun, "id" | "leaseToken" | "attempt">,
  ending: Ending,
  policy: RetryPolicy,
  { stopReason, random }: { stopReason: unknown; random: number },
): Settlement | undefined {
  const settle = (status: Settlement["status"], more: Partial<Settlement> = {}): Settlement => ({
    runId: run.id,
    leaseToken: run.leaseToken,
    status,
    delayMs: 0,
    givesAttemptBack: false,
    result: null,
    reason: null,
    error: null,
    ...more,
  });

  if (ending.kind === "returned") return settleOutcome(ending.outcome, settle);
  if (stopReason instanceof LeaseLost) return undefined;
  if (stopReason instanceof RunCancelled)
    return settle("cancelled", { reason: "cancelled while running" });
  if (stopReason instanceof WorkerStopping) {
    return settle("queued", {
      givesAttemptBack: true,
      reason: "handed back by a worker that stopped",
    });
  }

  const error = stopReason ?? ending.error;
  const described = describeError(error);
  if (error instanceof ConnectionRevoked) {
    return settle("held", { reason: described.message, error: described });
  }
  const retry = retryOf(error);
  if (retry === "never") return settle("dead", { error: described });
  if (retry !== "backoff") {
    return settle("queued", {
      delayMs: Math.max(0, retry.afterMs),
      givesAttemptBack: true,
      reason: described.message,
    });
  }
  const delayMs = backoffMs(policy, run.attempt, random);
  if (delayMs === undefined) return settle("dead", { error: described });
  return settle("retrying", { delayMs, error: described });
}

function settleOutcome(
  outcome: Outcome,
  settle: (status: Settlement["status"], more?: Partial<Settlement>) => Settlement,
): Settlement {
  switch (outcome.kind) {
    case "done":
      return settle("succeeded", { result: storableResult(outcome.result) });
    case "skipped":
      return settle("skipped", { reason: storableText(outcome.reason, MESSAGE_LENGTH_MAX) });
    case "snoozed":
      return settle("queued", {
        delayMs: Math.max(0, outcome.delayMs),
        givesAttemptBack: true,
        reason: storableText(outcome.reason, MESSAGE_LENGTH_MAX),
      });
  }
}

/** The work was done: a result that cannot be kept must not make it be done again. */
function storableResult(result: unknown): string | null {
  if (result === undefined || result === null) return null;
  try {
    const text = storableJson(result);
    return text.length <= RESULT_LENGTH_MAX ? text : storableJson({ omitted: "too large" });
  } catch {
    return storableJson({ omitted: "cannot be written as JSON" });
  }
}

/** An error as it is kept and shown: cut, cleaned and without what looks like a secret. */
export function describeError(error: unknown): RunError {
  const isError = error instanceof Error;
  const own = isError && "code" in error && typeof error.code === "string" ? error.code : null;
  return {
    class: storableText(isError ? error.name : "NonError", 100),
    code: storableText(sqlState(error) ?? own ?? "", 100) || null,
    message: storableText(redactText(isError ? error.message : String(error)), MESSAGE_LENGTH_MAX),
    isRetryable: !(error instanceof Failure) || error.retry !== "never",
  };
}
