import { z } from "zod";
import { getTask } from "../../../db/tasks.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { presentTasks, taskAnswer } from "./schema.ts";

/** GET /tasks/:task — archived or not. */
export const getTaskRoute = defineRoute({
  method: "get",
  path: "/tasks/:task",
  summary: "Get a task",
  tag: "Tasks",
  access: { scope: "tasks:read" },
  params: z.object({ task: idParam }),
  answers: { 200: taskAnswer },

  async run(context, { params }) {
    const { sql, company } = context;
    const task = await getTask(sql, { companyId: company.id, id: params.task });
    const [data] = await presentTasks(sql, context, [task]);
    return { status: 200, body: { data }, version: task };
  },
});
