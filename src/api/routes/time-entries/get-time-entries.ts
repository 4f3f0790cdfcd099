import { z } from "zod";
import { pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { filterQuery, searchQuery } from "../../inputs.ts";
import { answerTimeList, timeFilterOf, timeListAnswer, timeSort } from "./list.ts";
import { stateFilters, timeFilters } from "./schema.ts";

const filters = { ...timeFilters, ...stateFilters, search: searchQuery };

/** GET /time-entries — everybody's in the company, the latest day first. */
export const getTimeEntriesRoute = defineRoute({
  method: "get",
  path: "/time-entries",
  summary: "List time entries",
  description:
    "Filter by user_id, client_id, project_id, service_id, task_id, invoice_id, is_billable, is_billed, " +
    "is_running, the days `from` and `to` (both included) and part of the notes, as `filter[…]` or plain.",
  tag: "Time tracking",
  access: { scope: "time-entries:read" },
  query: z.strictObject({
    ...pageQuery,
    ...filters,
    filter: filterQuery(filters),
    sort: timeSort,
  }),
  answers: { 200: timeListAnswer },

  async run({ sql, company }, { query }) {
    const filter = timeFilterOf(company.id, query);
    return await answerTimeList(sql, filter, { page: pageOf(query), sort: query.sort });
  },
});
