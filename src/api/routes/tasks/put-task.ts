import { z } from "zod";
import { getLockedTask, updateTask } from "../../../actions/change-tasks.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { toTags } from "../tags/tags-of-records.ts";
import { presentTasks, taskAnswer, taskBody, taskInput } from "./schema.ts";

/** PUT and PATCH /tasks/:task — time that was worked keeps what it has. */
export const putTaskRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/tasks/:task",
  summary: "Update a task",
  description:
    "Keys left out stay as they are; null clears. Time that was worked on it keeps its client, project " +
    "and rate. `is_archived: false` brings an archived task back.",
  tag: "Tasks",
  access: { scope: "tasks:write" },
  params: z.object({ task: idParam }),
  body: taskBody,
  answers: { 200: taskAnswer },

  async run(context, { params, body }) {
    const { tx, company, user, caller, now } = context;
    const by = { company, causerId: user.id, now };
    const before = await getLockedTask(tx, { companyId: company.id, id: params.task });
    const task = await updateTask(tx, by, before, {
      ...taskInput(body),
      tags: toTags(caller, body.tags),
    });
    const [data] = await presentTasks(tx, context, [task]);
    return { status: 200, body: { data }, version: task };
  },
});
