import { z } from "zod";
import { findTimeEntry } from "../../../db/time-entries.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentTimeEntry, timeEntryJson } from "../time-entries/schema.ts";

/** GET /tasks/:task/activities/:activity */
export const getActivityRoute = defineRoute({
  method: "get",
  path: "/tasks/:task/activities/:activity",
  summary: "Get a time entry of a task",
  tag: "Tasks",
  access: { scope: "time-entries:read" },
  params: z.object({ task: idParam, activity: idParam }),
  answers: { 200: z.object({ data: timeEntryJson }) },

  async run({ sql, company }, { params }) {
    const entry = await findTimeEntry(sql, { companyId: company.id, id: params.activity });
    if (entry?.taskId !== params.task) throw new NotFound("Time entry");
    return { status: 200, body: { data: presentTimeEntry(entry) }, version: entry };
  },
});
