import { z } from "zod";
import { CHECK_EVERY_MS } from "../../actions/connect-provider.ts";
import { listReleasable, takeDueChecks } from "../../db/connections.ts";
import { releaseHeld } from "../../db/run-operations.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done } from "../define-job.ts";
import { checkConnection } from "./check-connection.ts";

const CONNECTIONS_PER_CHUNK = 200;

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

  async run({ sql, clock, signal, enqueue }) {
    let checks = 0;
    for (;;) {
      signal.throwIfAborted();
      const due = await inTransaction(sql, async (tx) => {
        const taken = await takeDueChecks(tx, {
          now: clock.now(),
          everyMs: CHECK_EVERY_MS,
          limit: CONNECTIONS_PER_CHUNK,
        });
        for (const each of taken) await enqueue(tx, checkConnection, each);
        return taken.length;
      });
      checks += due;
      if (due < CONNECTIONS_PER_CHUNK) break;
    }
    let released = 0;
    for (const { companyId, provider } of await listReleasable(sql, CONNECTIONS_PER_CHUNK)) {
      signal.throwIfAborted();
      released += await inTransaction(sql, (tx) => releaseHeld(tx, companyId, { provider }));
    }
    return done({ checks, released });
  },
});
