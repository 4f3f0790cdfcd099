import { z } from "zod";
import { findRunningTimer } from "../../../db/timers.ts";
import { defineRoute } from "../../define-route.ts";
import { presentTimeEntry, timeEntryJson } from "../time-entries/schema.ts";

/** GET /timer/current — null when none runs. */
export const getTimerCurrentRoute = defineRoute({
  method: "get",
  path: "/timer/current",
  summary: "Get current running timer",
  description: "Your running timer in this company, or null.",
  tag: "Timer",
  access: { scope: "time-entries:read" },
  answers: { 200: z.object({ data: timeEntryJson.nullable() }) },

  async run({ sql, company, user }) {
    const timer = await findRunningTimer(sql, { companyId: company.id, userId: user.id });
    if (timer === undefined) return { status: 200, body: { data: null } };
    return { status: 200, body: { data: presentTimeEntry(timer) }, version: timer };
  },
});
