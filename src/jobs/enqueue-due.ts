import type { Tx } from "../db/client.ts";
import { inTransaction } from "../db/transaction.ts";
import type { Enqueueable } from "../queue/enqueue.ts";
import type { JobContext } from "./define-job.ts";

/** Rows of one transaction, so that none holds locks for long. */
export const DUE_PER_CHUNK = 200;

/**
 * Asks for a run of `job` for everything that is due, a chunk a transaction, and returns how much that was.
 * Stops between two chunks when aborted.
 *
 * @param take takes at most `limit` of what is due by `now`, the machine's time, so that nobody else does
 */
export async function enqueueDue<Payload>(
  { sql, clock, signal, enqueue }: JobContext,
  job: Enqueueable<Payload>,
  take: (tx: Tx, due: { now: Date; limit: number }) => Promise<readonly NoInfer<Payload>[]>,
): Promise<number> {
  let count = 0;
  for (;;) {
    signal.throwIfAborted();
    const taken = await inTransaction(sql, async (tx) => {
      const due = await take(tx, { now: clock.now(), limit: DUE_PER_CHUNK });
      for (const payload of due) await enqueue(tx, job, payload);
      return due.length;
    });
    count += taken;
    if (taken < DUE_PER_CHUNK) return count;
  }
}
