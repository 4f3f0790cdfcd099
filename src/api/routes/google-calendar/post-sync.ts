import { z } from "zod";
import { allowDeletions, askForSync, findCurrentSync } from "../../../db/calendar-syncs.ts";
import { findConnection } from "../../../db/connections.ts";
import { getRun } from "../../../db/runs.ts";
import { Conflict } from "../../../errors.ts";
import { syncCalendar } from "../../../jobs/google-calendar/sync.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { askedBy } from "../../asked-by.ts";
import { defineRoute, requireRole } from "../../define-route.ts";
import { acceptedRun, runAnswers } from "../runs/schema.ts";

/** POST /integrations/google-calendar/sync — now, and not when it is due. */
export const postGoogleCalendarSyncRoute = defineRoute({
  method: "post",
  path: "/integrations/google-calendar/sync",
  summary: "Synchronize the calendar now",
  description:
    "409 while Google Calendar is not connected, or no calendar is chosen. `accept_deletions`, for " +
    "admins, deletes what was held because too many events were missing.",
  tag: "Google Calendar",
  access: { scope: "integrations:write" },
  body: z.strictObject({ accept_deletions: z.boolean().default(false) }),
  answers: runAnswers,
  failures: [409],

  async run(context, { body }) {
    const { tx, company, role } = context;
    if (body.accept_deletions) requireRole(role, "admin");
    const key = { companyId: company.id, provider: "google-calendar" } as const;
    const connection = await findConnection(tx, key);
    const sync =
      connection?.status === "connected"
        ? await findCurrentSync(tx, { companyId: company.id, account: connection.externalId ?? "" })
        : undefined;
    if (sync === undefined) {
      throw connection?.status === "connected"
        ? new Conflict("Choose a calendar first.", { code: "no_calendar" })
        : new Conflict("Google Calendar is not connected.", { code: "not_connected" });
    }
    if (body.accept_deletions) await allowDeletions(tx, sync);
    const asked = (await askForSync(tx, sync)) ?? 0;
    const { runId } = await enqueue(
      tx,
      syncCalendar,
      { companyId: company.id, syncId: sync.id, asked },
      askedBy(context),
    );
    return acceptedRun(await getRun(tx, { companyId: company.id, id: runId }));
  },
});
