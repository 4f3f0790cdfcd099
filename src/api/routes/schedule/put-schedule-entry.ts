import { z } from "zod";
import { changePlannedWork, lockPlannedWork } from "../../../actions/change-schedule.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import {
  presentScheduleEntry,
  scheduleChanges,
  scheduleEntryJson,
  scheduleInput,
  scheduleRequired,
} from "./schema.ts";

/** PUT and PATCH /schedule/:id */
export const putScheduleEntryRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: scheduleRequired,
  path: "/schedule/:id",
  summary: "Change scheduled work",
  description:
    "Keys left out stay as they are. An entry that becomes one of whole days, or no longer is, needs " +
    "both `starts_at` and `ends_at`.",
  tag: "Schedule",
  access: { scope: "schedule:write" },
  params: z.object({ id: idParam }),
  body: scheduleChanges,
  answers: { 200: z.object({ data: scheduleEntryJson }) },

  async run({ tx, clock, company, user, now }, { params, body }) {
    const before = await lockPlannedWork(tx, { companyId: company.id, id: params.id });
    const by = { company, causerId: user.id, now, changedAt: clock.now() };
    const entry = await changePlannedWork(tx, by, before, scheduleInput(body));
    return { status: 200, body: { data: presentScheduleEntry(entry) }, version: entry };
  },
});
