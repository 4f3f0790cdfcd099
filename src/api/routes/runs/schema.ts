import { z } from "zod";
import { runStatuses } from "../../../db/run-ledger.ts";
import type { RunAttemptRow, RunLogRow } from "../../../db/run-notes.ts";
import type { RunRow } from "../../../db/runs.ts";
import { instantJson, presentInstant, type Answer } from "../../answers.ts";

const runErrorJson = z.object({
  class: z.string(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  retryable: z.boolean().nullable(),
});

export const runJson = z.object({
  id: z.uuid(),
  job: z.string(),
  queue: z.string(),
  status: z.enum(runStatuses),
  key: z.string().nullable(),
  payload: z.record(z.string(), z.unknown()),
  attempt: z.int(),
  attempts_max: z.int(),
  trigger: z.object({ kind: z.string(), id: z.string().nullable() }),
  progress: z.unknown(),
  result: z.unknown(),
  reason: z.string().nullable(),
  error: runErrorJson.nullable(),
  trace_id: z.string().nullable(),
  worker: z.string().nullable(),
  cancel_requested_at: instantJson.nullable(),
  created_at: instantJson,
  available_at: instantJson,
  started_at: instantJson.nullable(),
  finished_at: instantJson.nullable(),
});

export function presentRun(run: RunRow): z.input<typeof runJson> {
  return {
    id: run.id,
    job: run.job,
    queue: run.queue,
    status: run.status,
    key: run.key,
    payload: run.payload,
    attempt: run.attempt,
    attempts_max: run.attemptsMax,
    trigger: { kind: run.triggerKind, id: run.triggerId },
    progress: run.progress,
    result: run.result,
    reason: run.reason,
    error:
      run.errorClass === null
        ? null
        : {
            class: run.errorClass,
            code: run.errorCode,
            message: run.errorMessage,
            retryable: run.errorRetryable,
          },
    trace_id: run.traceId,
    worker: run.worker,
    cancel_requested_at: presentInstant(run.cancelRequestedAt),
    created_at: presentInstant(run.createdAt),
    available_at: presentInstant(run.availableAt),
    started_at: presentInstant(run.startedAt),
    finished_at: presentInstant(run.finishedAt),
  };
}

export const runAttemptJson = z.object({
  start: z.int(),
  started_at: instantJson.nullable(),
  ended_at: instantJson,
  worker: z.string().nullable(),
  outcome: z.string(),
  error: runErrorJson.omit({ retryable: true }).nullable(),
});

export function presentAttempt(attempt: RunAttemptRow): z.input<typeof runAttemptJson> {
  return {
    start: attempt.startNumber,
    started_at: presentInstant(attempt.startedAt),
    ended_at: presentInstant(attempt.endedAt),
    worker: attempt.worker,
    outcome: attempt.outcome,
    error:
      attempt.errorClass === null
        ? null
        : { class: attempt.errorClass, code: attempt.errorCode, message: attempt.errorMessage },
  };
}

export const runLogJson = z.object({ at: instantJson, level: z.string(), message: z.string() });

export function presentLogLine(line: RunLogRow): z.input<typeof runLogJson> {
  return { at: presentInstant(line.loggedAt), level: line.level, message: line.message };
}

/** The answers of an operation whose work is not instant (API.md rule 9). */
export const runAnswers = { 202: z.object({ data: runJson }) };

/** 202 with the run and where to look for it. */
export function acceptedRun(run: RunRow): Answer {
  return {
    status: 202,
    headers: { Location: `/api/v1/runs/${run.id}` },
    body: { data: presentRun(run) },
  };
}
