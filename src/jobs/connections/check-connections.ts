import { z } from "zod";
import { CHECK_EVERY_MS } from "../../actions/connect-provider.ts";
import { listReleasable, takeDueChecks } from "../../db/connections.ts";
import { releaseHeld } from "../../db/run-operations.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done } from "../define-job.ts";
import { DUE_PER_CHUNK, enqueueDue } from "../enqueue-due.ts";
import { checkConnection } from "./check-connection.ts";

/**
 * Asks for the checks that are due. Also lets go on what was held at the very moment in which its
 * connection was made again: whoever held it cannot know.
 */
export const checkConnections = defineJob({
  name: "connection.check-due",
  queue: "default",
  payload: z.object({}),
  retry: { attempts: 3, delayMsFirst: 1_000, delayMsMax: 60_000 },
  timeoutMs: 120_000,
  schedule: { everyMs: 60_000 },

  async run(ctx) {
    const { sql, signal } = ctx;
    const checks = await enqueueDue(ctx, checkConnection, (tx, due) =>
      takeDueChecks(tx, { ...due, everyMs: CHECK_EVERY_MS }),
    );
    let released = 0;
    for (const { companyId, provider } of await listReleasable(sql, DUE_PER_CHUNK)) {
      signal.throwIfAborted();
      released += await inTransaction(sql, (tx) => releaseHeld(tx, companyId, { provider }));
    }
    return done({ checks, released });
  },
});
