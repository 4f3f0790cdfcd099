import type { Sql } from "../db/client.ts";
import type { ClaimedRun, RunStatus } from "../db/run-ledger.ts";
import { InvalidPayload } from "../errors.ts";
import type { AnyJob, JobContext, Outcome } from "../jobs/define-job.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Delivery } from "../queue/backend.ts";
import { enqueue } from "../queue/enqueue.ts";
import type { Leases } from "./leases.ts";
import type { RuntimeMetrics } from "./metrics.ts";
import type { RunNotes } from "./run-notes.ts";
import { settlementOf, type Ending } from "./settlement.ts";
import { RunCancelled, RunTimedOut, UnknownJob } from "./stop-reasons.ts";

/** What executing a run takes. */
export interface Execution {
  readonly sql: Sql;
  readonly jobs: ReadonlyMap<string, AnyJob>;
  readonly connectors: JobContext["connectors"];
  readonly storage: JobContext["storage"];
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: RuntimeMetrics;
  readonly leases: Leases;
  readonly notes: RunNotes;
  /** How long a job may take to end after its signal was aborted, in milliseconds. */
  readonly abortGraceMs: number;
}

/** Runs of jobs we do not know are left to a newer version beside us for a while. */
const UNKNOWN_JOB_RETRY = { attempts: 10, delayMsFirst: 5_000, delayMsMax: 300_000 };

/**
 * One delivery: claim the run, check its payload, run the job, settle. Resolves as soon as the job has
 * ended, with `settled` telling when the ledger knows: the next run need not wait for that.
 */
export async function execute(
  execution: Execution,
  delivery: Delivery,
): Promise<{ settled: Promise<void> }> {
  const abort = new AbortController();
  const run = await execution.leases.claim(delivery, abort);
  if (run === undefined) return { settled: Promise.resolve() };

  const startedAt = performance.now();
  execution.metrics.runStarted(run.queue, run.waitedSeconds);
  const job = execution.jobs.get(run.job);
  const ending = await attempt(execution, job, run, abort);
  const seconds = (performance.now() - startedAt) / 1_000;
  return { settled: settle(execution, job, run, { ending, abort, seconds }) };
}

async function attempt(
  execution: Execution,
  job: AnyJob | undefined,
  run: ClaimedRun,
  abort: AbortController,
): Promise<Ending> {
  if (job === undefined) return { kind: "threw", error: new UnknownJob(run.job) };
  const payload = job.payload.safeParse(run.payload);
  if (!payload.success) {
    const message = payload.error.issues[0]?.message ?? "invalid payload";
    return { kind: "threw", error: new InvalidPayload(message, { cause: payload.error }) };
  }
  const timer = setTimeout(() => abort.abort(new RunTimedOut(job.timeoutMs)), job.timeoutMs);
  try {
    const context = contextOf(execution, run, abort.signal);
    const outcome = await orGiveUp(
      job.run(context, payload.data),
      abort.signal,
      execution.abortGraceMs,
    );
    return { kind: "returned", outcome };
  } catch (error) {
    return { kind: "threw", error };
  } finally {
    clearTimeout(timer);
  }
}

/** Jobs see their parent run, log and progress through this, and nothing of the runtime. */
function contextOf(execution: Execution, run: ClaimedRun, signal: AbortSignal): JobContext {
  return {
    sql: execution.sql,
    clock: execution.clock,
    connectors: execution.connectors,
    storage: execution.storage,
    signal,
    log: execution.notes.logOf(run),
    run: { id: run.id, attempt: run.attempt, companyId: run.companyId },
    progress: (value) => execution.notes.setProgress(run, value),
    enqueue: async (tx, job, payload, options) =>
      await enqueue(tx, job, payload, {
        trigger: { kind: "run", id: run.id },
        traceId: run.traceId ?? undefined,
        ...options,
      }),
  };
}

/**
 * The job's own ending; or, when it goes on regardless some time after it was told to stop, the reason
 * why it was told. A cancelled job is waited for: nobody is to read "cancelled" while it still acts.
 */
async function orGiveUp(
  running: Promise<Outcome>,
  signal: AbortSignal,
  graceMs: number,
): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    onAbort = () => {
      if (signal.reason instanceof RunCancelled) return;
      timer = setTimeout(() => reject(signal.reason), graceMs);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([running, givenUp]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
  }
}

async function settle(
  execution: Execution,
  job: AnyJob | undefined,
  run: ClaimedRun,
  { ending, abort, seconds }: { ending: Ending; abort: AbortController; seconds: number },
): Promise<void> {
  const { leases, log, metrics, notes } = execution;
  const facts = { runId: run.id, job: run.job, companyId: run.companyId, attempt: run.attempt };
  const settlement = settlementOf(run, ending, job?.retry ?? UNKNOWN_JOB_RETRY, {
    stopReason: abort.signal.aborted ? abort.signal.reason : undefined,
    random: Math.random(),
  });
  let status: RunStatus | "lost" = "lost";
  if (settlement === undefined) {
    leases.drop({ runId: run.id, leaseToken: run.leaseToken });
  } else {
    if (notes.hasNotesOf(run.id)) await notes.flush();
    try {
      status = await leases.settle(settlement);
    } catch (error) {
      // Its lease runs out and the reconciler gives the run to somebody else.
      log.error({ err: error, ...facts }, "the end of a run was not recorded");
    }
  }
  metrics.runEnded(run, status, seconds);
  tell(log, { ...facts, status, seconds }, ending);
}

function tell(
  log: Log,
  facts: { status: RunStatus | "lost"; runId: string; job: string; seconds: number },
  ending: Ending,
): void {
  if (ending.kind === "returned" && facts.status !== "lost") log.debug(facts, "run ended");
  else if (ending.kind === "returned") log.warn(facts, "run ended after its lease was lost");
  else if (facts.status === "dead") log.error({ ...facts, err: ending.error }, "run died");
  else log.warn({ ...facts, err: ending.error }, "run did not end well");
}
