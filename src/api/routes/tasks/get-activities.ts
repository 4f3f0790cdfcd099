import { z } from "zod";
import { pageOf, pageQuery } from "../../answers.ts";
import { getTask } from "../../../db/tasks.ts";
import { defineRoute } from "../../define-route.ts";
import {
  booleanQuery,
  filterQuery,
  idParam,
  idQuery,
  localDate,
  searchQuery,
} from "../../inputs.ts";
import { answerTimeList, timeFilterOf, timeListAnswer, timeSort } from "../time-entries/list.ts";

const filters = {
  user_id: idQuery.optional(),
  from: localDate.optional(),
  to: localDate.optional(),
  is_billable: booleanQuery.optional(),
  is_billed: booleanQuery.optional(),
  is_running: booleanQuery.optional(),
  search: searchQuery,
};

/** GET /tasks/:task/activities — everybody's time entries of the task, the latest day first. */
export const getActivitiesRoute = defineRoute({
  method: "get",
  path: "/tasks/:task/activities",
  summary: "List the time entries of a task",
  description:
    "Filter by user_id, is_billable, is_billed, is_running, the days `from` and `to` (both included) and " +
    "part of the notes, as `filter[…]` or plain.",
  tag: "Tasks",
  access: { scope: "time-entries:read" },
  params: z.object({ task: idParam }),
  query: z.strictObject({
    ...pageQuery,
    ...filters,
    filter: filterQuery(filters),
    sort: timeSort,
  }),
  answers: { 200: timeListAnswer },

  async run({ sql, company }, { params, query }) {
    const task = await getTask(sql, { companyId: company.id, id: params.task });
    const filter = { ...timeFilterOf(company.id, query), taskId: task.id };
    return await answerTimeList(sql, filter, { page: pageOf(query), sort: query.sort });
  },
});
