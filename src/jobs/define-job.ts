import { z } from "zod";
import { whenConnected } from "../actions/when-connected.ts";
import type { Connectors } from "../connectors/contract.ts";
import type { Sql, Tx } from "../db/client.ts";
import type { Clock } from "../platform/clock.ts";
import type { ProviderName } from "../platform/oauth.ts";
import type { FileStorage } from "../platform/storage.ts";
import { nextTick, type Rhythm } from "../queue/cron.ts";
import type { EnqueuedRun, Enqueueable, EnqueueOptions } from "../queue/enqueue.ts";
import { isQueueName, type QueueName } from "../queue/names.ts";
import type { RetryPolicy } from "../queue/backoff.ts";

/** How a run ended that did not fail. Failing is throwing: errors.ts says what follows from what. */
export type Outcome =
  | { kind: "done"; result: unknown }
  | { kind: "skipped"; reason: string }
  | { kind: "snoozed"; delayMs: number; reason: string };

/** The work is done. `result` is kept with the run and shown: JSON, no secret, no personal data. */
export function done(result: unknown = null): Outcome {
  return { kind: "done", result };
}

/** There was nothing to do, and here is why. */
export function skipped(reason: string): Outcome {
  return { kind: "skipped", reason };
}

/** Not now: the run comes back after so many milliseconds. Costs no attempt. */
export function snoozed(delayMs: number, reason: string): Outcome {
  return { kind: "snoozed", delayMs, reason };
}

/** Lines shown with the run and written to the process log. Called as pino is. */
export interface RunLog {
  info(facts: object, message: string): void;
  info(message: string): void;
  warn(facts: object, message: string): void;
  warn(message: string): void;
  error(facts: object, message: string): void;
  error(message: string): void;
}

/** What a job is given to work with. */
export interface JobContext {
  readonly sql: Sql;
  /** The machine's clock. Business time is the company's: `companies.test_now`, else this. */
  readonly clock: Clock;
  readonly connectors: Connectors;
  readonly storage: FileStorage;
  /** Aborted when the run is cancelled, took too long, lost its lease or the worker stops. Look before each effect. */
  readonly signal: AbortSignal;
  readonly log: RunLog;
  readonly run: {
    readonly id: string;
    /** The current attempt, from 1. */
    readonly attempt: number;
    readonly companyId: number | null;
  };
  /** Shows how far the run is, e.g. `{ done: 40, total: 200 }`. Only the last value is kept. */
  readonly progress: (this: void, value: unknown) => void;
  /** Asks for a run that names this one as its parent. */
  readonly enqueue: <Payload>(
    this: void,
    tx: Tx,
    job: Enqueueable<Payload>,
    payload: NoInfer<Payload>,
    options?: EnqueueOptions,
  ) => Promise<EnqueuedRun>;
}

/** One thing an event asks of a follower. */
export interface FollowTarget<Payload> {
  eventId: number;
  /** What of the follower's it concerns, e.g. an endpoint's id. An event has one run per job and target. */
  target: string | number;
  companyId: number;
  payload: Payload;
}

export interface JobDefinition<Payload> extends Enqueueable<Payload> {
  /** `noun.verb-phrase`, for ever: runs are recorded under it. */
  readonly name: string;
  readonly queue: QueueName;
  /** Ids and facts that must not change. A numeric `companyId` makes the run that company's. */
  readonly payload: z.ZodType<Payload>;
  readonly retry: RetryPolicy;
  /** After so many milliseconds the attempt is aborted and counts as failed. */
  readonly timeoutMs: number;
  /** Names the business fact: a (job, key) has one run ever. Calendar dates are the company's, never an instant. */
  idempotencyKey?(payload: Payload): string;
  /** Ticks start a run with the payload `{}`. */
  readonly schedule?: Rhythm;
  /**
   * The events that start runs of this job. `targets` is asked with the ids of new events of these
   * types and says, of all at once, which of them concern whom; the others start nothing. It may
   * write down what is owed of them, in the transaction that takes the events.
   */
  readonly follows?: {
    readonly types: readonly string[];
    targets(tx: Tx, eventIds: readonly number[]): Promise<FollowTarget<Payload>[]>;
  };
  run(context: JobContext, payload: Payload): Promise<Outcome>;
  /** In place of `run` for a company that is not connected to `provider`. Default: skipped. */
  whenNotConnected?(context: JobContext, payload: Payload): Promise<Outcome>;
}

/** A definition whose payload type is nobody's business; methods make it accept every definition. */
export type AnyJob = JobDefinition<unknown>;

/**
 * Checks a definition as it is made, so that a mistake in one stops the process at its start and not
 * a night at two in the morning.
 *
 * @throws Error naming the job and what is wrong about it
 */
export function defineJob<Payload>(definition: JobDefinition<Payload>): JobDefinition<Payload> {
  const problem = problemOf(definition);
  if (problem !== undefined)
    throw new Error(`The job ${JSON.stringify(definition.name)}: ${problem}`);
  const { provider } = definition;
  if (provider === undefined) return definition;
  return {
    ...definition,
    run: async (context, payload) =>
      await runConnected(context, provider, {
        run: () => definition.run(context, payload),
        otherwise: () => definition.whenNotConnected?.(context, payload),
      }),
  };
}

/** A run of a company that has to connect again is held; of one that is not connected it is skipped. */
async function runConnected(
  context: JobContext,
  provider: ProviderName,
  {
    run,
    otherwise,
  }: { run: () => Promise<Outcome>; otherwise: () => Promise<Outcome> | undefined },
): Promise<Outcome> {
  const { companyId } = context.run;
  if (companyId === null) return await run();
  const ended = await whenConnected(context, { companyId, provider }, run);
  if (ended.isConnected) return ended.result;
  return (await otherwise()) ?? skipped(`${ended.title} is not connected`);
}

function problemOf<Payload>(job: JobDefinition<Payload>): string | undefined {
  if (!/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/.test(job.name)) {
    return "its name must be like noun.verb-phrase, in lower case.";
  }
  if (!isQueueName(job.queue)) return `there is no queue ${JSON.stringify(job.queue)}.`;
  const { attempts, delayMsFirst, delayMsMax } = job.retry;
  if (!Number.isInteger(attempts) || attempts < 1) return "retry.attempts must be 1 or more.";
  if (!(delayMsFirst >= 0 && delayMsMax >= delayMsFirst && Number.isFinite(delayMsMax))) {
    return "retry delays must be 0 ≤ delayMsFirst ≤ delayMsMax.";
  }
  // Node's timers end at 2^31 - 1 milliseconds and fire at once beyond.
  if (!(job.timeoutMs > 0 && job.timeoutMs < 2 ** 31))
    return "timeoutMs must be between 1 and 2^31.";
  if (job.follows?.types.length === 0) return "it follows no event type.";
  return job.schedule === undefined ? undefined : problemOfSchedule(job, job.schedule);
}

function problemOfSchedule<Payload>(
  job: JobDefinition<Payload>,
  schedule: Rhythm,
): string | undefined {
  if ("everyMs" in schedule && !(Number.isInteger(schedule.everyMs) && schedule.everyMs >= 1_000)) {
    return "schedule.everyMs must be 1000 or more.";
  }
  try {
    nextTick(schedule, new Date(0));
  } catch (error) {
    return `its schedule cannot be read (${error instanceof Error ? error.message : String(error)}).`;
  }
  const empty = job.payload.safeParse({});
  return empty.success ? undefined : "it has a schedule, so its payload must accept {}.";
}
