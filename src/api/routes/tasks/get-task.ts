import { z } from "zod";
import { findTask } from "../../../db/tasks.ts";
import { NotFound } from "../../../errors.ts";
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
    const task = await findTask(sql, { companyId: company.id, id: params.task });
    if (task === undefined) throw new NotFound("Task");
    const [data] = await presentTasks(sql, context, [task]);
    return { status: 200, body: { data }, version: task };
  },
});
