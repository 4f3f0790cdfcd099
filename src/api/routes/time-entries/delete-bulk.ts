import { z } from "zod";
import { deleteTimeEntries } from "../../../actions/change-time.ts";
import { lockTimeEntries } from "../../../db/time-entries.ts";
import { defineRoute } from "../../define-route.ts";
import { id } from "../../inputs.ts";

const idsMax = 100;

/** DELETE /time-entries/bulk — entries of others, and those not there, are passed over. */
export const deleteTimeEntriesBulkRoute = defineRoute({
  method: "delete",
  path: "/time-entries/bulk",
  summary: "Bulk delete time entries",
  description:
    `Up to ${idsMax} entries. Only deletes your own; those of others are passed over. An entry on an ` +
    "invoice is a 409, and none is deleted.",
  tag: "Time tracking",
  access: { scope: "time-entries:write" },
  body: z.strictObject({ ids: z.array(id).min(1).max(idsMax) }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { body }) {
    const entries = await lockTimeEntries(tx, { companyId: company.id, ids: body.ids });
    const own = entries.filter((entry) => entry.userId === user.id);
    await deleteTimeEntries(tx, { company, causerId: user.id, now }, own);
    return { status: 204 };
  },
});
