import { z } from "zod";
import { countTasks, listTasks, taskSortFields } from "../../../db/tasks.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { sortQuery } from "../../inputs.ts";
import { taskFilterOf, taskFilters, taskFilterText } from "./list.ts";
import { presentTasks, taskJson } from "./schema.ts";

/** GET /tasks — everybody's in the company, in the order that people gave them. */
export const getTasksRoute = defineRoute({
  method: "get",
  path: "/tasks",
  summary: "List tasks",
  description: taskFilterText,
  tag: "Tasks",
  access: { scope: "tasks:read" },
  query: z.strictObject({ ...pageQuery, ...taskFilters, sort: sortQuery(taskSortFields) }),
  answers: { 200: listJson(taskJson, {}) },

  async run(context, { query }) {
    const { sql, company } = context;
    const filter = taskFilterOf(company.id, query);
    const page = pageOf(query);
    const { sort = { field: "position", isDescending: false } } = query;
    const [tasks, total] = await Promise.all([
      listTasks(sql, filter, { ...page, sort }),
      countTasks(sql, filter),
    ]);
    return listAnswer(await presentTasks(sql, context, tasks), { ...page, total });
  },
});
