import { z } from "zod";
import { decideTime } from "../../../actions/approve-time.ts";
import { lockTimeEntries } from "../../../db/time-entries.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { id } from "../../inputs.ts";
import { presentTimeEntry, timeEntryJson } from "./schema.ts";

const idsMax = 100;

/** POST /time-entries/bulk-approve — all of them or none; for admins. */
export const postTimeEntriesBulkApproveRoute = defineRoute({
  method: "post",
  path: "/time-entries/bulk-approve",
  summary: "Bulk approve time entries",
  description:
    `Up to ${idsMax} entries, each as by itself; all are approved or none. One that is not there is a 404. ` +
    "The answer has them lowest id first.",
  tag: "Time tracking",
  access: { scope: "time-entries:write", minimumRole: "admin" },
  body: z.strictObject({ ids: z.array(id).min(1).max(idsMax) }),
  answers: { 200: z.object({ data: z.array(timeEntryJson) }) },

  async run({ tx, company, user, now }, { body }) {
    const ids = [...new Set(body.ids)];
    const found = await lockTimeEntries(tx, { companyId: company.id, ids });
    if (found.length < ids.length) throw new NotFound("Time entry");
    const by = { company, causerId: user.id, now };
    const entries = await decideTime(tx, by, found, { approval: "approved" });
    return { status: 200, body: { data: entries.map(presentTimeEntry) } };
  },
});
