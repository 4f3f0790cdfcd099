import { z } from "zod";
import { startTimer } from "../../../actions/run-timer.ts";
import { defineRoute } from "../../define-route.ts";
import { presentTimeEntry, timeEntryJson, timerBody } from "../time-entries/schema.ts";

/** POST /timer/start — the timer that runs is stopped first. */
export const postTimerStartRoute = defineRoute({
  method: "post",
  path: "/timer/start",
  summary: "Start a timer",
  description:
    "Stops your running timer, if there is one, and starts another. Everybody has one timer in each " +
    "company. Client, rate and billable are filled in as for a time entry.",
  tag: "Timer",
  access: { scope: "time-entries:write" },
  body: timerBody,
  answers: { 201: z.object({ data: timeEntryJson }) },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const timer = await startTimer(tx, by, {
      userId: user.id,
      clientId: body.client_id,
      projectId: body.project_id ?? null,
      serviceId: body.service_id ?? null,
      taskId: body.task_id,
      isBillable: body.is_billable,
      hourlyRate: body.hourly_rate,
      notes: body.notes ?? null,
    });
    return { status: 201, body: { data: presentTimeEntry(timer) }, version: timer };
  },
});
