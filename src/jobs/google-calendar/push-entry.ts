import { z } from "zod";
import { withConnection } from "../../actions/use-connection.ts";
import { listPushTargets } from "../../db/calendar-events.ts";
import { defineJob, done, skipped } from "../define-job.ts";
import { callerOf } from "./calls.ts";
import { loadKeeping } from "./load-keeping.ts";
import { showEntry } from "./show-entry.ts";

/**
 * Shows one entry in the chosen calendar, as it is when the run starts: two changes in a row may be one
 * of Google's. Run twice, or by two workers at once, it makes one event.
 */
export const pushEntry = defineJob({
  name: "calendar.push-entry",
  provider: "google-calendar",
  queue: "default",
  payload: z.object({
    companyId: z.int(),
    syncId: z.int(),
    entryId: z.int(),
    version: z.int(),
  }),
  retry: { attempts: 10, delayMsFirst: 5_000, delayMsMax: 3_600_000 },
  timeoutMs: 120_000,
  idempotencyKey: ({ companyId, syncId, entryId, version }) =>
    `${companyId}/${syncId}/${entryId}/${version}`,
  follows: {
    types: ["schedule_entry.created", "schedule_entry.updated", "schedule_entry.deleted"],
    async targets(tx, eventIds) {
      const targets = await listPushTargets(tx, eventIds);
      return targets.map(({ eventId, ...payload }) => ({
        eventId,
        target: payload.syncId,
        companyId: payload.companyId,
        payload,
      }));
    },
  },

  async run(ctx, { companyId, entryId }) {
    return await withConnection(
      ctx,
      { companyId, provider: "google-calendar" },
      async (connection) => {
        const keepingOf = await loadKeeping(ctx, companyId);
        const shown = await showEntry(ctx, callerOf(ctx, connection), {
          companyId,
          account: connection.externalId,
          entryId,
          keepingOf,
        });
        return shown === "shown" ? done() : skipped(`the calendar is ${shown}`);
      },
    );
  },
});
