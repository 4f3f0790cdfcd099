import { z } from "zod";
import { logTime } from "../../../actions/log-time.ts";
import { defineRoute } from "../../define-route.ts";
import { presentTimeEntry, timeEntryBody, timeEntryJson, timeInput } from "./schema.ts";

/** POST /time-entries — work of the caller's. */
export const postTimeEntryRoute = defineRoute({
  method: "post",
  path: "/time-entries",
  summary: "Create a time entry",
  description:
    "`duration` is seconds. Without `client_id` the client is the project's; without `hourly_rate` the " +
    "rate is the task's, or resolved from project, service or company. Billable as the task is, or else " +
    "unless the project is `non_billable`.",
  tag: "Time tracking",
  access: { scope: "time-entries:write" },
  body: timeEntryBody,
  answers: { 201: z.object({ data: timeEntryJson }) },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const [entry] = await logTime(tx, by, {
      userId: user.id,
      entries: [timeInput(body)],
      fieldOf: (_index, field) => field,
    });
    return {
      status: 201,
      body: { data: presentTimeEntry(entry!) },
      headers: { Location: `/api/v1/time-entries/${entry!.id}` },
      version: entry!,
    };
  },
});
