import { z } from "zod";
import { logTime } from "../../../actions/log-time.ts";
import { defineRoute } from "../../define-route.ts";
import { presentTimeEntry, timeEntryBody, timeEntryJson, timeInput } from "./schema.ts";

const entriesMax = 50;

/** POST /time-entries/bulk — all of them or none. */
export const postTimeEntriesBulkRoute = defineRoute({
  method: "post",
  path: "/time-entries/bulk",
  summary: "Bulk create time entries",
  description: `Up to ${entriesMax} entries, each as for a single one; all are written or none.`,
  tag: "Time tracking",
  access: { scope: "time-entries:write" },
  body: z.strictObject({ entries: z.array(timeEntryBody).min(1).max(entriesMax) }),
  answers: { 201: z.object({ data: z.array(timeEntryJson) }) },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const entries = await logTime(tx, by, {
      userId: user.id,
      entries: body.entries.map((entry) => timeInput(entry)),
      fieldOf: (index, field) => `entries.${index}.${field}`,
    });
    return { status: 201, body: { data: entries.map(presentTimeEntry) } };
  },
});
