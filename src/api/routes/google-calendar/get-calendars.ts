import { findCurrentSync } from "../../../db/calendar-syncs.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { readCalendars } from "./read-calendars.ts";
import { calendarJson } from "./schema.ts";

/** GET /integrations/google-calendar/calendars — what can be chosen, asked of Google. */
export const getCalendarsRoute = defineRoute({
  method: "get",
  path: "/integrations/google-calendar/calendars",
  summary: "List calendars",
  description:
    "The calendars of the person who connected. 409 while Google Calendar is not connected.",
  tag: "Google Calendar",
  access: { scope: "integrations:read" },
  query: wholeListQuery,
  answers: { 200: listJson(calendarJson, {}) },
  failures: [409, 502, 503],

  async run(context, { query }) {
    const { account, calendars } = await readCalendars(context);
    const { sql, company } = context;
    const chosen = await findCurrentSync(sql, { companyId: company.id, account });
    return wholeListAnswer(
      calendars.map((calendar) => ({
        id: calendar.id,
        name: calendar.name,
        timezone: calendar.timezone,
        is_primary: calendar.isPrimary,
        is_writable: calendar.isWritable,
        is_chosen: calendar.id === chosen?.calendarId,
      })),
      query,
    );
  },
});
