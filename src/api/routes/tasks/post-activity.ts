import { z } from "zod";
import { todayOf } from "../../../actions/acting.ts";
import { logTime } from "../../../actions/log-time.ts";
import { Conflict } from "../../../errors.ts";
import { getTask } from "../../../db/tasks.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentTimeEntry, timeEntryJson } from "../time-entries/schema.ts";
import { activityBody } from "./activities.ts";

/** POST /tasks/:task/activities — work of the caller's. */
export const postActivityRoute = defineRoute({
  method: "post",
  path: "/tasks/:task/activities",
  summary: "Log time on a task",
  description:
    "`duration` is seconds; the day is today unless `date` says another. Client and project are the task's, " +
    "and so are rate and billable unless they are given; a task without a rate takes the project's, the " +
    "service's or the company's. An archived task takes no time (409).",
  tag: "Tasks",
  access: { scope: "time-entries:write" },
  params: z.object({ task: idParam }),
  body: activityBody,
  answers: { 201: z.object({ data: timeEntryJson }) },
  failures: [409],

  async run({ tx, company, user, now }, { params, body }) {
    const task = await getTask(tx, { companyId: company.id, id: params.task });
    if (task.isArchived) {
      throw new Conflict("The task is archived; bring it back before time is logged on it.", {
        code: "task_archived",
      });
    }
    const by = { company, causerId: user.id, now };
    const [entry] = await logTime(tx, by, {
      userId: user.id,
      entries: [
        {
          projectId: task.projectId,
          clientId: task.clientId,
          serviceId: body.service_id ?? null,
          taskId: task.id,
          date: body.date ?? todayOf(by),
          duration: body.duration,
          isBillable: body.is_billable,
          isBilled: body.is_billed,
          hourlyRate: body.hourly_rate,
          notes: body.notes,
        },
      ],
      fieldOf: (_index, field) => field,
    });
    return {
      status: 201,
      body: { data: presentTimeEntry(entry!) },
      headers: { Location: `/api/v1/tasks/${task.id}/activities/${entry!.id}` },
      version: entry!,
    };
  },
});
