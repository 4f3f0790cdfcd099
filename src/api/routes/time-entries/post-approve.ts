import { z } from "zod";
import { decideTime } from "../../../actions/approve-time.ts";
import { lockTimeEntry } from "../../../actions/change-time.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentTimeEntry, timeEntryJson } from "./schema.ts";

/** POST /time-entries/:id/approve — says that somebody stands for the work; for admins. */
export const postTimeEntryApproveRoute = defineRoute({
  method: "post",
  path: "/time-entries/:id/approve",
  summary: "Approve a time entry",
  description:
    "For admins and the owner, their own time included. A change to the work takes the approval back; it does " +
    "not decide what may be billed. A running timer and billed time are a 409.",
  tag: "Time tracking",
  access: { scope: "time-entries:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: timeEntryJson }) },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const before = await lockTimeEntry(tx, { companyId: company.id, id: params.id });
    const [entry] = await decideTime(tx, by, [before], { approval: "approved" });
    return { status: 200, body: { data: presentTimeEntry(entry!) }, version: entry! };
  },
});
