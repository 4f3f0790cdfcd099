import { z } from "zod";
import { takeDueSyncs } from "../../db/calendar-syncs.ts";
import { defineJob, done } from "../define-job.ts";
import { enqueueDue } from "../enqueue-due.ts";
import { syncCalendar } from "./sync.ts";

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

  async run(ctx) {
    const syncs = await enqueueDue(ctx, syncCalendar, (tx, due) =>
      takeDueSyncs(tx, { ...due, againMs: AGAIN_MS }),
    );
    return done({ syncs });
  },
});
