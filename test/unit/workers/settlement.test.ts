import { expect, test } from "vitest";
import {
  ConnectionRevoked,
  InvalidPayload,
  ProviderUnavailable,
  RateLimited,
  WriteUnconfirmed,
} from "../../../src/errors.ts";
import { done, skipped, snoozed } from "../../../src/jobs/define-job.ts";
import { describeError, settlementOf, type Ending } from "../../../src/workers/settlement.ts";
import {
  LeaseLost,
  RunCancelled,
  RunTimedOut,
  WorkerStopping,
} from "../../../src/workers/stop-reasons.ts";

const policy = { attempts: 3, delayMsFirst: 1_000, delayMsMax: 10_000 };

function settle(ending: Ending, attempt = 1, stopReason?: unknown) {
  const run = { id: "r", leaseToken: "l", attempt };
  return settlementOf(run, ending, policy, { stopReason, random: 0.5 });
}

const threw = (error: unknown): Ending => ({ kind: "threw", error });

test.each<[string, Ending, object]>([
  [
    "done",
    { kind: "returned", outcome: done({ sent: 2 }) },
    { status: "succeeded", result: '{"sent":2}' },
  ],
  [
    "skipped",
    { kind: "returned", outcome: skipped("paid") },
    { status: "skipped", reason: "paid" },
  ],
  [
    "snoozed",
    { kind: "returned", outcome: snoozed(50, "busy") },
    { status: "queued", delayMs: 50, givesAttemptBack: true },
  ],
  ["a bug", threw(new TypeError("x is undefined")), { status: "retrying", delayMs: 500 }],
  [
    "no Error at all",
    threw("oh"),
    {
      status: "retrying",
      error: { class: "NonError", code: null, message: "oh", isRetryable: true },
    },
  ],
  ["a provider that is down", threw(new ProviderUnavailable("503")), { status: "retrying" }],
  ["a write in doubt", threw(new WriteUnconfirmed("reset")), { status: "retrying" }],
  ["bad input", threw(new InvalidPayload("no date")), { status: "dead" }],
  ["a revoked connection", threw(new ConnectionRevoked("gone")), { status: "held" }],
  [
    "a rate limit",
    threw(new RateLimited("429", { afterMs: 7_000 })),
    { status: "queued", delayMs: 7_000, givesAttemptBack: true, reason: "429", error: null },
  ],
])("after %s the run goes on as the error class says", (_, ending, expected) => {
  expect(settle(ending)).toMatchObject({ runId: "r", leaseToken: "l", ...expected });
});

test("the last attempt's failure is the run's", () => {
  expect(settle(threw(new Error("x")), 2)?.status).toBe("retrying");
  expect(settle(threw(new Error("x")), 3)?.status).toBe("dead");
});

test("what a job throws after it was told to stop is taken for the reason it was told", () => {
  const aborted = threw(new DOMException("aborted", "AbortError"));
  expect(settle(aborted, 1, new RunCancelled())).toMatchObject({
    status: "cancelled",
    error: null,
  });
  expect(settle(aborted, 3, new WorkerStopping())).toMatchObject({
    status: "queued",
    givesAttemptBack: true,
    delayMs: 0,
  });
  expect(settle(aborted, 1, new RunTimedOut(60_000))).toMatchObject({
    status: "retrying",
    error: { class: "RunTimedOut", message: "took longer than 60000 ms" },
  });
  expect(settle(aborted, 1, new LeaseLost())).toBeUndefined();
});

test("what a job managed to do counts, whatever it was told meanwhile", () => {
  for (const reason of [new RunCancelled(), new WorkerStopping(), new RunTimedOut(1)]) {
    expect(settle({ kind: "returned", outcome: done() }, 1, reason)?.status).toBe("succeeded");
  }
});

test("an error is kept without NUL, secrets and endless text", () => {
  const error = Object.assign(new Error(`postgres://app:hunter2@db/x \0${"y".repeat(5_000)}`), {
    code: "ECONNRESET",
  });
  const described = describeError(error);
  expect(described.code).toBe("ECONNRESET");
  expect(described.message).toContain("postgres://app:[redacted]@db/x y");
  expect(described.message).toHaveLength(2_000);
});
