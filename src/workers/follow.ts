import { raiseAttention } from "../db/attention.ts";
import type { Sql, Tx } from "../db/client.ts";
import {
  claimFollowFailures,
  forgetFollowFailures,
  listCompaniesOfEvents,
  recordFollowFailures,
  takeOutbox,
} from "../db/event-outbox.ts";
import { inTransaction } from "../db/transaction.ts";
import type { AnyJob } from "../jobs/define-job.ts";
import type { Log } from "../platform/log.ts";
import { enqueueMany } from "../queue/enqueue.ts";
import { isDatabaseTrouble } from "../db/transaction.ts";
import { describeError } from "./settlement.ts";

const BATCH_SIZE = 1_000;

export interface Following {
  sql: Sql;
  jobs: ReadonlyMap<string, AnyJob>;
  log: Log;
}

/**
 * Turns new events into runs of the jobs that follow them: taking the events and making the runs is one
 * transaction, so an event is followed once, whenever the process dies. Returns how many it took.
 */
export async function followEvents({ sql, jobs, log }: Following): Promise<number> {
  const followers = groupFollowers(jobs);
  return await inTransaction(sql, async (tx) => {
    const events = await takeOutbox(tx, BATCH_SIZE);
    const idsByJob = new Map<AnyJob, number[]>();
    for (const { eventId, type } of events) {
      for (const job of followers.get(type) ?? []) {
        const ids = idsByJob.get(job) ?? [];
        ids.push(eventId);
        idsByJob.set(job, ids);
      }
    }
    for (const [job, eventIds] of idsByJob) await followOrRemember(tx, log, job, eventIds);
    return events.length;
  });
}

/** Puts the events that a follower failed on to it again. Returns how many it tried. */
export async function retryFollowers({ sql, jobs, log }: Following): Promise<number> {
  return await inTransaction(sql, async (tx) => {
    const failures = await claimFollowFailures(tx, BATCH_SIZE);
    // One by one: the event that is at fault must not hold up the others for ever.
    for (const { job: name, eventId } of failures) {
      const job = jobs.get(name);
      const isDone =
        job?.follows === undefined || (await followOrRemember(tx, log, job, [eventId]));
      if (isDone) await forgetFollowFailures(tx, name, [eventId]);
    }
    return failures.length;
  });
}

/** False when the follower failed, which is then written down; the other followers go on. */
async function followOrRemember(
  tx: Tx,
  log: Log,
  job: AnyJob,
  eventIds: readonly number[],
): Promise<boolean> {
  try {
    await tx.savepoint((savepoint) => follow(savepoint, job, eventIds));
    return true;
  } catch (error) {
    if (isDatabaseTrouble(error)) throw error;
    log.error({ err: error, job: job.name, events: eventIds.length }, "follower failed");
    const { message } = describeError(error);
    await recordFollowFailures(tx, job.name, eventIds, message);
    for (const { companyId, type } of await listCompaniesOfEvents(tx, eventIds)) {
      await raiseAttention(tx, {
        companyId,
        kind: "event.not-followed",
        key: job.name,
        title: `${job.name} does not follow what happened`,
        detail: `${type}: ${message}`,
      });
    }
    return false;
  }
}

async function follow(tx: Tx, job: AnyJob, eventIds: readonly number[]): Promise<void> {
  const targets = (await job.follows?.targets(tx, eventIds)) ?? [];
  await enqueueMany(
    tx,
    job,
    targets.map(({ eventId, target, companyId, payload }) => ({
      payload,
      companyId,
      // A job that names the business fact itself is not started twice for it by two events.
      key: job.idempotencyKey === undefined ? `event-${eventId}/${target}` : undefined,
      trigger: { kind: "event", id: eventId },
    })),
  );
}

function groupFollowers(jobs: ReadonlyMap<string, AnyJob>): Map<string, AnyJob[]> {
  const followers = new Map<string, AnyJob[]>();
  for (const job of jobs.values()) {
    for (const type of job.follows?.types ?? []) {
      followers.set(type, [...(followers.get(type) ?? []), job]);
    }
  }
  return followers;
}
