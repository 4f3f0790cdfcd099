import { z } from "zod";
import { updateTimeEntry } from "../../../actions/change-time.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lockOwnTimeEntry } from "./own-entry.ts";
import {
  presentTimeEntry,
  timeEntryChanges,
  timeEntryJson,
  timeEntryRequired,
  timeInput,
} from "./schema.ts";

/** PUT and PATCH /time-entries/:id — for who worked, and for admins. */
export const putTimeEntryRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: timeEntryRequired,
  path: "/time-entries/:id",
  summary: "Update a time entry",
  description:
    "Keys left out stay as they are; a rate of null is resolved anew. Only the entry's owner or an admin " +
    "of the company. An entry on an invoice takes other notes only (409).",
  tag: "Time tracking",
  access: { scope: "time-entries:write" },
  params: z.object({ id: idParam }),
  body: timeEntryChanges,
  answers: { 200: z.object({ data: timeEntryJson }) },

  async run(context, { params, body }) {
    const { tx, company, user, now } = context;
    const before = await lockOwnTimeEntry(context, params);
    const by = { company, causerId: user.id, now };
    const entry = await updateTimeEntry(tx, by, before, timeInput(body));
    return { status: 200, body: { data: presentTimeEntry(entry) }, version: entry };
  },
});
