import { z } from "zod";
import { getLockedTask, updateTask } from "../../../actions/change-tasks.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /tasks/:task — archives it. */
export const deleteTaskRoute = defineRoute({
  method: "delete",
  path: "/tasks/:task",
  summary: "Archive a task",
  description:
    "Its time stays, and can still be billed. Lists leave it out unless they are asked for archived ones; " +
    "`PUT` with `is_archived: false` brings it back.",
  tag: "Tasks",
  access: { scope: "tasks:write" },
  params: z.object({ task: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const task = await getLockedTask(tx, { companyId: company.id, id: params.task });
    await updateTask(tx, { company, causerId: user.id, now }, task, { isArchived: true });
    return { status: 204 };
  },
});
