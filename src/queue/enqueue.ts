import type { z } from "zod";
import type { Tx } from "../db/client.ts";
import { insertRuns, type RunTrigger } from "../db/run-enqueue.ts";
import { InvalidPayload } from "../errors.ts";
import type { ProviderName } from "../platform/oauth.ts";
import { storableJson, storableText } from "../platform/storable-text.ts";
import { uuidV7 } from "../platform/uuid-v7.ts";
import type { RetryPolicy } from "./backoff.ts";
import type { QueueName } from "./names.ts";

/** As much of a job definition as it takes to ask for a run of it. */
export interface Enqueueable<Payload> {
  readonly name: string;
  readonly queue: QueueName;
  readonly payload: z.ZodType<Payload>;
  readonly retry: RetryPolicy;
  /** The provider it needs: its runs wait while the company has to connect again. */
  readonly provider?: ProviderName;
  idempotencyKey?(payload: Payload): string;
}

export interface EnqueueOptions {
  /** Not before so many milliseconds from now. */
  delayMs?: number;
  /** What asked for the run. "system" unless told. */
  trigger?: RunTrigger;
  traceId?: string | undefined;
  /** In place of the job's own `idempotencyKey`. */
  key?: string;
}

export interface EnqueuedRun {
  runId: string;
  /** False when a run of this job and key exists already: its id is returned, nothing was added. */
  isNew: boolean;
}

/** One run to be: what differs between runs of one call. */
export interface RunRequest<Payload> {
  payload: Payload;
  key?: string | undefined;
  trigger?: RunTrigger;
  /** In place of the payload's `companyId`. */
  companyId?: number;
}

/**
 * Asks for a run, in the caller's transaction: a rollback leaves nothing, and nothing starts before the
 * commit. A (job, key) has one run ever, whatever became of it.
 *
 * @throws InvalidPayload when the payload is not what the job declares
 */
export async function enqueue<Payload>(
  tx: Tx,
  job: Enqueueable<Payload>,
  payload: NoInfer<Payload>,
  options: EnqueueOptions = {},
): Promise<EnqueuedRun> {
  const [run] = await enqueueMany(tx, job, [{ payload }], options);
  if (run === undefined) throw new Error(`no run of ${job.name} was inserted`);
  return run;
}

/** The same for many runs of one job, in a few statements. The answers are in the order given. */
export async function enqueueMany<Payload>(
  tx: Tx,
  job: Enqueueable<Payload>,
  requests: readonly RunRequest<NoInfer<Payload>>[],
  options: EnqueueOptions = {},
): Promise<EnqueuedRun[]> {
  if (requests.length === 0) return [];
  const runs = requests.map((request) => {
    const payload = checkPayload(job, request.payload);
    const key = request.key ?? options.key ?? job.idempotencyKey?.(payload) ?? null;
    return {
      runId: uuidV7(),
      companyId: request.companyId ?? companyIdOf(payload),
      payload: storableJson(payload),
      key: key === null ? null : checkKey(job.name, key),
      trigger: request.trigger ?? options.trigger ?? { kind: "system" },
    };
  });
  return await insertRuns(tx, runs, {
    job: job.name,
    queue: job.queue,
    attemptsMax: job.retry.attempts,
    provider: job.provider ?? null,
    delayMs: options.delayMs ?? 0,
    traceId: options.traceId ?? null,
  });
}

function checkPayload<Payload>(job: Enqueueable<Payload>, payload: Payload): Payload {
  const checked = job.payload.safeParse(payload);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new InvalidPayload(
    `${job.name}: ${issue === undefined ? "invalid payload" : `${issue.path.join(".") || "payload"}: ${issue.message}`}`,
    { cause: checked.error },
  );
}

/** A key cut short or cleaned would name another fact, so a bad one is refused. */
function checkKey(job: string, key: string): string {
  if (key.length < 1 || key.length > 500 || key !== storableText(key)) {
    throw new InvalidPayload(`${job}: the key must be 1 to 500 characters that can be stored.`);
  }
  return key;
}

/** The company a run belongs to is the one its payload names; platform work names none. */
export function companyIdOf(payload: unknown): number | null {
  if (typeof payload !== "object" || payload === null || !("companyId" in payload)) return null;
  return typeof payload.companyId === "number" ? payload.companyId : null;
}
