import { z } from "zod";
import { planWork } from "../../../actions/change-schedule.ts";
import { defineRoute } from "../../define-route.ts";
import { presentScheduleEntry, scheduleBody, scheduleEntryJson, scheduleInput } from "./schema.ts";

/** POST /schedule — plans work. */
export const postScheduleEntryRoute = defineRoute({
  method: "post",
  path: "/schedule",
  summary: "Schedule work",
  description:
    "`starts_at` and `ends_at` are two instants, or two dates for whole days. For the caller unless " +
    "`user_id` says another member, or null for nobody yet; for the project's client unless `client_id` " +
    "says one; in the company's time zone unless `timezone` says another.",
  tag: "Schedule",
  access: { scope: "schedule:write" },
  body: scheduleBody,
  answers: { 201: z.object({ data: scheduleEntryJson }) },

  async run({ tx, clock, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now, changedAt: clock.now() };
    const entry = await planWork(tx, by, scheduleInput(body));
    return {
      status: 201,
      body: { data: presentScheduleEntry(entry) },
      headers: { Location: `/api/v1/schedule/${entry.id}` },
      version: entry,
    };
  },
});
