import { z } from "zod";
import { chooseCalendar } from "../../../actions/choose-calendar.ts";
import { askForSync } from "../../../db/calendar-syncs.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { InvalidInput } from "../../../errors.ts";
import { spanAt } from "../../../jobs/google-calendar/span.ts";
import { syncCalendar } from "../../../jobs/google-calendar/sync.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { askedBy } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { requiredText } from "../../inputs.ts";
import { readCalendars } from "./read-calendars.ts";
import { directionSchema, presentSync, syncJson } from "./schema.ts";

/** PUT /integrations/google-calendar/settings — chooses the calendar, and begins at once. */
export const putGoogleCalendarSettingsRoute = defineRoute({
  method: "put",
  path: "/integrations/google-calendar/settings",
  summary: "Choose the calendar and the direction",
  description:
    "One calendar goes with the schedule at a time; `both` unless told otherwise. `run_id` is the sync " +
    "that begins. What another calendar shows stays there. 409 while Google Calendar is not connected.",
  tag: "Google Calendar",
  access: { scope: "integrations:write", minimumRole: "admin" },
  body: z.strictObject({
    calendar_id: requiredText(1_024),
    direction: directionSchema.default("both"),
  }),
  answers: { 200: z.object({ data: syncJson.extend({ run_id: z.uuid() }) }) },
  failures: [409, 502, 503],
  isTransactional: false,

  async run(context, { body }) {
    const { sql, clock, services, company, user, now, requestId } = context;
    const { account, calendars } = await readCalendars(context);
    const calendar = calendars.find(({ id }) => id === body.calendar_id);
    if (calendar === undefined) {
      throw new InvalidInput({ calendar_id: ["There is no such calendar."] });
    }
    if (!calendar.isWritable && body.direction !== "pull") {
      throw new InvalidInput({ direction: ["This calendar can only be read: choose pull."] });
    }
    return await inTransaction(sql, async (tx) => {
      const sync = await chooseCalendar(
        tx,
        { company, causerId: user.id, now },
        {
          account,
          calendar,
          direction: body.direction,
          address: `${services.publicUrl()}/api/v1/integrations/google-calendar/notifications`,
          span: spanAt(now),
          machineNow: clock.now(),
          requestId,
        },
      );
      const asked = (await askForSync(tx, sync)) ?? 0;
      const payload = { companyId: company.id, syncId: sync.id, asked };
      const { runId } = await enqueue(tx, syncCalendar, payload, askedBy(context));
      return { status: 200, body: { data: { ...presentSync(sync, null), run_id: runId } } };
    });
  },
});
