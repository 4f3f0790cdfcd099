import { z } from "zod";
import { deleteTimeEntries } from "../../../actions/change-time.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lockOwnTimeEntry } from "./own-entry.ts";

/** DELETE /time-entries/:id — for who worked, and for admins. */
export const deleteTimeEntryRoute = defineRoute({
  method: "delete",
  path: "/time-entries/:id",
  summary: "Delete a time entry",
  description:
    "Only the entry's owner or an admin of the company. An entry on an invoice is a 409: take it off first.",
  tag: "Time tracking",
  access: { scope: "time-entries:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run(context, { params }) {
    const { tx, company, user, now } = context;
    const entry = await lockOwnTimeEntry(context, params);
    await deleteTimeEntries(tx, { company, causerId: user.id, now }, [entry]);
    return { status: 204 };
  },
});
