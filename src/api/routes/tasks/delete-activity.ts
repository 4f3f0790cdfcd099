import { z } from "zod";
import { deleteTimeEntries } from "../../../actions/change-time.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { lockOwnTimeEntry } from "../time-entries/own-entry.ts";

/** DELETE /tasks/:task/activities/:activity — for who worked, and for admins. */
export const deleteActivityRoute = defineRoute({
  method: "delete",
  path: "/tasks/:task/activities/:activity",
  summary: "Delete a time entry of a task",
  description:
    "Only the entry's owner or an admin of the company. An entry on an invoice is a 409: take it off first.",
  tag: "Tasks",
  access: { scope: "time-entries:write" },
  params: z.object({ task: idParam, activity: idParam }),
  answers: { 204: null },

  async run(context, { params }) {
    const { tx, company, user, now } = context;
    const entry = await lockOwnTimeEntry(context, { id: params.activity, taskId: params.task });
    await deleteTimeEntries(tx, { company, causerId: user.id, now }, [entry]);
    return { status: 204 };
  },
});
