import { z } from "zod";
import { takeDueSyncs } from "../../db/calendar-syncs.ts";
import { inTransaction } from "../../db/transaction.ts";
import { defineJob, done } from "../define-job.ts";
import { syncCalendar } from "./sync.ts";

const SYNCS_PER_CHUNK = 200;
/** When the sync that is asked for now does not say itself when the next one is due. */
const AGAIN_MS = 900_000;

/** Asks for the syncs that are due: the slow poll beside the channels, which are renewed by it. */
export const syncDueCalendars = defineJob({
  name: "calendar.sync-due",
  queue: "default",
  payload: z.object({}),
  retry: { attempts: 3, delayMsFirst: 1_000, delayMsMax: 60_000 },
  timeoutMs: 120_000,
  schedule: { everyMs: 60_000 },

  async run({ sql, clock, signal, enqueue }) {
    let syncs = 0;
    for (;;) {
      signal.throwIfAborted();
      const due = await inTransaction(sql, async (tx) => {
        const taken = await takeDueSyncs(tx, {
          now: clock.now(),
          againMs: AGAIN_MS,
          limit: SYNCS_PER_CHUNK,
        });
        for (const each of taken) await enqueue(tx, syncCalendar, each);
        return taken.length;
      });
      syncs += due;
      if (due < SYNCS_PER_CHUNK) return done({ syncs });
    }
  },
});
