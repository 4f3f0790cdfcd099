import type { Sql } from "../db/client.ts";
import { insertRunLogs, updateProgress, type RunLogRow } from "../db/run-notes.ts";
import type { ClaimedRun } from "../db/run-ledger.ts";
import type { RunLog } from "../jobs/define-job.ts";
import type { Log } from "../platform/log.ts";
import { redactText } from "../platform/redact.ts";
import { storableJson, storableText } from "../platform/storable-text.ts";
import { startLoop } from "./loop.ts";

const LINES_PER_ATTEMPT_MAX = 200;
const LINE_LENGTH_MAX = 2_000;

/** Gathers what jobs say while they run and writes it down twice a second, for all of them at once. */
export interface RunNotes {
  /** Lines for the process log and the run's own, at most 200 an attempt there. */
  logOf(run: ClaimedRun): RunLog;
  setProgress(run: ClaimedRun, value: unknown): void;
  /** Whether anything about the run is not written yet. */
  hasNotesOf(runId: string): boolean;
  /** Writes what has been gathered. A failure is logged: notes are not worth a run. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** @param now the machine's clock, for the time of each line */
export function createRunNotes(sql: Sql, log: Log, now: () => Date): RunNotes {
  let lines: RunLogRow[] = [];
  let progress = new Map<string, { runId: string; leaseToken: string; progress: string }>();

  async function flush(): Promise<void> {
    const [newLines, newProgress] = [lines, [...progress.values()]];
    lines = [];
    progress = new Map();
    try {
      if (newLines.length > 0) await insertRunLogs(sql, newLines);
      if (newProgress.length > 0) await updateProgress(sql, newProgress);
    } catch (error) {
      log.warn({ err: error, lines: newLines.length }, "run notes were not written");
    }
  }

  const loop = startLoop(log, "run notes", async () => {
    await flush();
    return 500;
  });

  return {
    logOf(run) {
      const processLog = log.child({ runId: run.id, job: run.job, companyId: run.companyId });
      let count = 0;
      function write(
        level: "info" | "warn" | "error",
        first: object | string,
        second?: string,
      ): void {
        const message = typeof first === "string" ? first : (second ?? "");
        const facts = typeof first === "string" ? {} : first;
        processLog[level](facts, message);
        count += 1;
        if (count > LINES_PER_ATTEMPT_MAX) return;
        const isLast = count === LINES_PER_ATTEMPT_MAX;
        lines.push({
          runId: run.id,
          // A thousand numbers for each start, so that a second attempt goes on below the first.
          lineNumber: run.starts * 1_000 + count,
          loggedAt: now(),
          level,
          message: isLast ? "… further lines are only in the process log" : lineOf(message, facts),
        });
      }
      return {
        info: (first: object | string, second?: string) => write("info", first, second),
        warn: (first: object | string, second?: string) => write("warn", first, second),
        error: (first: object | string, second?: string) => write("error", first, second),
      };
    },
    setProgress(run, value) {
      progress.set(run.id, {
        runId: run.id,
        leaseToken: run.leaseToken,
        progress: storableJson(value ?? null),
      });
    },
    hasNotesOf: (runId) => progress.has(runId) || lines.some((line) => line.runId === runId),
    flush,
    async stop() {
      await loop.stop();
      await flush();
    },
  };
}

function lineOf(message: string, facts: object): string {
  const shown = Object.entries(facts)
    .filter(([, value]) => ["string", "number", "boolean", "bigint"].includes(typeof value))
    .map(([key, value]) => `${key}=${redactText(String(value))}`);
  return storableText([redactText(message), ...shown].join(" "), LINE_LENGTH_MAX);
}
