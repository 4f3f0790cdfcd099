import { z } from "zod";
import { cancelPlannedWork, lockPlannedWork } from "../../../actions/change-schedule.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /schedule/:id */
export const deleteScheduleEntryRoute = defineRoute({
  method: "delete",
  path: "/schedule/:id",
  summary: "Take work out of the schedule",
  tag: "Schedule",
  access: { scope: "schedule:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, clock, company, user, now }, { params }) {
    const entry = await lockPlannedWork(tx, { companyId: company.id, id: params.id });
    await cancelPlannedWork(tx, { company, causerId: user.id, now, changedAt: clock.now() }, entry);
    return { status: 204 };
  },
});
