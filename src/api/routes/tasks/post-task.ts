import { createTask } from "../../../actions/change-tasks.ts";
import { defineRoute } from "../../define-route.ts";
import { requiredText } from "../../inputs.ts";
import { toTags } from "../tags/tags-of-records.ts";
import { presentTasks, taskAnswer, taskBody, taskInput } from "./schema.ts";

/** POST /tasks — the last one of the list. */
export const postTaskRoute = defineRoute({
  method: "post",
  path: "/tasks",
  summary: "Create a task",
  description:
    "For the caller unless `user_id` says another member, or null for nobody yet; for the project's client " +
    "unless `client_id` says one. Billable unless the project is `non_billable`. `tags` needs tags:read, " +
    "and tags:write for a name that is no tag yet.",
  tag: "Tasks",
  access: { scope: "tasks:write" },
  body: taskBody.extend({ summary: requiredText(500) }),
  answers: { 201: taskAnswer },

  async run(context, { body }) {
    const { tx, company, user, caller, now } = context;
    const by = { company, causerId: user.id, now };
    const task = await createTask(tx, by, {
      ...taskInput(body),
      summary: body.summary,
      tags: toTags(caller, body.tags),
    });
    const [data] = await presentTasks(tx, context, [task]);
    const headers = { Location: `/api/v1/tasks/${task.id}` };
    return { status: 201, body: { data }, headers, version: task };
  },
});
