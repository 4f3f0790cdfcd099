import { z } from "zod";
import { decideTime } from "../../../actions/approve-time.ts";
import { lockTimeEntry } from "../../../actions/change-time.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { rejectionBody } from "./approval-schema.ts";
import { presentTimeEntry, timeEntryJson } from "./schema.ts";

/** POST /time-entries/:id/reject — says what is wrong with the work; for admins. */
export const postTimeEntryRejectRoute = defineRoute({
  method: "post",
  path: "/time-entries/:id/reject",
  summary: "Reject a time entry",
  description:
    "For admins and the owner. A change to the work makes it pending again; the time can be billed all the " +
    "same. A running timer and billed time are a 409.",
  tag: "Time tracking",
  access: { scope: "time-entries:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  body: rejectionBody,
  answers: { 200: z.object({ data: timeEntryJson }) },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const before = await lockTimeEntry(tx, { companyId: company.id, id: params.id });
    const [entry] = await decideTime(tx, by, [before], {
      approval: "rejected",
      reason: body.reason,
    });
    return { status: 200, body: { data: presentTimeEntry(entry!) }, version: entry! };
  },
});
