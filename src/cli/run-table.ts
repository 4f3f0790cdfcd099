import type { RunAttemptRow, RunLogRow } from "../db/run-notes.ts";
import type { RunRow } from "../db/runs.ts";
import { renderTable } from "./output.ts";

/** A run as `--json` prints it: named as the API names things. */
export function presentRun(run: RunRow): Record<string, unknown> {
  return {
    id: run.id,
    company_id: run.companyId,
    job: run.job,
    queue: run.queue,
    status: run.status,
    payload: run.payload,
    key: run.key,
    attempt: run.attempt,
    attempts_max: run.attemptsMax,
    starts: run.starts,
    crashes: run.crashes,
    snoozes: run.snoozes,
    redrives: run.redrives,
    trigger: { kind: run.triggerKind, id: run.triggerId },
    trace_id: run.traceId,
    created_at: run.createdAt,
    available_at: run.availableAt,
    started_at: run.startedAt,
    finished_at: run.finishedAt,
    worker: run.worker,
    cancel_requested_at: run.cancelRequestedAt,
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
  };
}

/** A line per run. */
export function renderRuns(runs: readonly RunRow[]): string {
  return renderTable([
    ["id", "asked for (UTC)", "company", "job", "status", "attempt", "what became of it"],
    ...runs.map((run) => [
      run.id,
      formatInstant(run.createdAt),
      run.companyId === null ? "–" : String(run.companyId),
      run.job,
      run.status,
      `${run.attempt}/${run.attemptsMax}`,
      summaryOf(run),
    ]),
  ]);
}

/** One run's story: what asked for it, how it went, what it wrote. */
export function renderRun({
  run,
  attempts,
  lines,
}: {
  run: RunRow;
  attempts: readonly RunAttemptRow[];
  lines: readonly RunLogRow[];
}): string {
  const facts = renderTable([
    ["run", run.id],
    ["job", `${run.job} (queue ${run.queue})`],
    ["status", run.status],
    ["company", run.companyId === null ? "–" : String(run.companyId)],
    ["key", run.key ?? "–"],
    ["payload", JSON.stringify(run.payload)],
    ["asked for", `${formatInstant(run.createdAt)} by ${run.triggerKind} ${run.triggerId ?? ""}`],
    ["due", formatInstant(run.availableAt)],
    ["started", formatInstant(run.startedAt)],
    ["finished", formatInstant(run.finishedAt)],
    ["attempt", `${run.attempt} of ${run.attemptsMax} (started ${run.starts} times in all)`],
    ["worker", run.worker ?? "–"],
    ["progress", run.progress === null ? "–" : JSON.stringify(run.progress)],
    ["result", run.result === null ? "–" : JSON.stringify(run.result)],
    ["outcome", summaryOf(run)],
  ]);
  const failed = attempts.map(
    (attempt) =>
      `  ${formatInstant(attempt.endedAt)}  #${attempt.startNumber} ${attempt.outcome}: ${attempt.errorClass ?? ""} ${attempt.errorMessage ?? ""}`,
  );
  const logged = lines.map(
    (line) => `  ${formatInstant(line.loggedAt)}  ${line.level}  ${line.message}`,
  );
  return [
    facts,
    ...(failed.length === 0 ? [] : ["", "attempts that did not end well", ...failed]),
    ...(logged.length === 0 ? [] : ["", "log", ...logged]),
  ].join("\n");
}

function summaryOf(run: RunRow): string {
  if (run.errorClass !== null) return `${run.errorClass}: ${run.errorMessage ?? ""}`;
  return run.reason ?? "–";
}

function formatInstant(instant: Date | null): string {
  return instant === null ? "–" : instant.toISOString().slice(0, 19).replace("T", " ");
}
