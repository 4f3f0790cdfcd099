import { z } from "zod";
import { stopTimer } from "../../../actions/run-timer.ts";
import { defineRoute } from "../../define-route.ts";
import { presentTimeEntry, timeEntryJson } from "../time-entries/schema.ts";

/** PUT /timer/stop — 404 when none runs. */
export const putTimerStopRoute = defineRoute({
  method: "put",
  path: "/timer/stop",
  summary: "Stop the running timer",
  description: "Its duration is from its start until now, in whole seconds. 404 when none runs.",
  tag: "Timer",
  access: { scope: "time-entries:write" },
  answers: { 200: z.object({ data: timeEntryJson }) },

  async run({ tx, company, user, now }) {
    const entry = await stopTimer(tx, { company, causerId: user.id, now }, { userId: user.id });
    return { status: 200, body: { data: presentTimeEntry(entry) }, version: entry };
  },
});
