import { z } from "zod";
import { updateTimeEntry } from "../../../actions/change-time.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lockOwnTimeEntry } from "../time-entries/own-entry.ts";
import { presentTimeEntry, timeEntryJson } from "../time-entries/schema.ts";
import { activityBody } from "./activities.ts";

/** PUT and PATCH /tasks/:task/activities/:activity — for who worked, and for admins. */
export const putActivityRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: ["duration"],
  path: "/tasks/:task/activities/:activity",
  summary: "Update a time entry of a task",
  description:
    "Keys left out stay as they are; a rate of null is resolved anew. Only the entry's owner or an admin " +
    "of the company. An entry on an invoice takes other notes only (409).",
  tag: "Tasks",
  access: { scope: "time-entries:write" },
  params: z.object({ task: idParam, activity: idParam }),
  body: activityBody.partial(),
  answers: { 200: z.object({ data: timeEntryJson }) },

  async run(context, { params, body }) {
    const { tx, company, user, now } = context;
    const before = await lockOwnTimeEntry(context, { id: params.activity, taskId: params.task });
    const entry = await updateTimeEntry(tx, { company, causerId: user.id, now }, before, {
      serviceId: body.service_id,
      date: body.date,
      duration: body.duration,
      isBillable: body.is_billable,
      isBilled: body.is_billed,
      hourlyRate: body.hourly_rate,
      notes: body.notes,
    });
    return { status: 200, body: { data: presentTimeEntry(entry) }, version: entry };
  },
});
