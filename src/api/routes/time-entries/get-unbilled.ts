import { z } from "zod";
import { pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { filterQuery } from "../../inputs.ts";
import { answerTimeList, timeFilterOf, timeListAnswer, timeSort } from "./list.ts";
import { timeFilters } from "./schema.ts";

/** GET /time-entries/unbilled — what an invoice may import. */
export const getUnbilledTimeRoute = defineRoute({
  method: "get",
  path: "/time-entries/unbilled",
  summary: "List unbilled time entries",
  description:
    "Billable entries that are on no invoice yet; running timers are left out. Filter by user_id, " +
    "client_id, project_id, service_id, task_id, `from` and `to`, as `filter[…]` or plain.",
  tag: "Time tracking",
  access: { scope: "time-entries:read" },
  query: z.strictObject({
    ...pageQuery,
    ...timeFilters,
    filter: filterQuery(timeFilters),
    sort: timeSort,
  }),
  answers: { 200: timeListAnswer },

  async run({ sql, company }, { query }) {
    const filter = {
      ...timeFilterOf(company.id, query),
      isBillable: true,
      isBilled: false,
      isRunning: false,
    };
    return await answerTimeList(sql, filter, { page: pageOf(query), sort: query.sort });
  },
});
