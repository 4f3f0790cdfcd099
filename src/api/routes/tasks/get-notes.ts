import { z } from "zod";
import { countTasks, listTasks, taskSortFields, taskStatuses } from "../../../db/tasks.ts";
import {
  instantJson,
  listAnswer,
  listJson,
  pageOf,
  pageQuery,
  presentInstant,
} from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { sortQuery } from "../../inputs.ts";
import { taskFilterOf, taskFilters, taskFilterText } from "./list.ts";

const noteJson = z
  .object({
    task_id: z.int(),
    summary: z.string().meta({ description: "Of the task." }),
    status: z.enum(taskStatuses),
    client_id: z.int().nullable(),
    project_id: z.int().nullable(),
    notes: z.string(),
    updated_at: instantJson.meta({ description: "Of the task." }),
  })
  .meta({ id: "TaskNote" });

/** GET /tasks/notes — what is noted on tasks, to be read or searched without the rest of them. */
export const getTaskNotesRoute = defineRoute({
  method: "get",
  path: "/tasks/notes",
  summary: "List the notes of tasks",
  description: `Those of tasks that have any, the latest change first. ${taskFilterText}`,
  tag: "Tasks",
  access: { scope: "tasks:read" },
  query: z.strictObject({ ...pageQuery, ...taskFilters, sort: sortQuery(taskSortFields) }),
  answers: { 200: listJson(noteJson, {}) },

  async run({ sql, company }, { query }) {
    const filter = { ...taskFilterOf(company.id, query), hasNotes: true };
    const page = pageOf(query);
    const { sort = { field: "updated_at", isDescending: true } } = query;
    const [tasks, total] = await Promise.all([
      listTasks(sql, filter, { ...page, sort }),
      countTasks(sql, filter),
    ]);
    const notes = tasks.map((task) => ({
      task_id: task.id,
      summary: task.summary,
      status: task.status,
      client_id: task.clientId,
      project_id: task.projectId,
      notes: task.notes,
      updated_at: presentInstant(task.updatedAt),
    }));
    return listAnswer(notes, { ...page, total });
  },
});
