import { z } from "zod";
import { countCandidates, listCandidates } from "../../../db/task-details.ts";
import { dateJson, listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { filterQuery, idQuery, localDate, placesOf, requireOrder } from "../../inputs.ts";
import { minorJson } from "../../units.ts";

const filters = {
  client_id: idQuery.optional(),
  project_id: idQuery.optional(),
  user_id: idQuery.optional(),
  from: localDate.optional(),
  to: localDate.optional(),
};

const candidateJson = z
  .object({
    task_id: z.int(),
    summary: z.string(),
    project_id: z.int().nullable(),
    client_id: z
      .int()
      .nullable()
      .meta({ description: "Null: time that any client may be billed." }),
    time: z
      .object({
        entries: z.int(),
        duration: z.int().meta({ description: "Seconds." }),
        amount: minorJson.meta({
          description: "Minor units; each entry rounded by itself.",
        }),
        currency: z.string(),
        first_date: dateJson,
        last_date: dateJson,
      })
      .optional()
      .meta({ description: "Left out without time-entries:read." }),
  })
  .meta({ id: "InvoiceImportCandidate" });

/** GET /tasks/invoice-import-candidates — what POST /invoices/:id/import-time could bill. */
export const getTaskCandidatesRoute = defineRoute({
  method: "get",
  path: "/tasks/invoice-import-candidates",
  summary: "List tasks with time to be billed",
  description:
    "Tasks, archived or not, with billable time on no invoice that has a rate, once for each client of " +
    "that time. Filter by client_id (time of no client is found too), project_id, user_id and the days " +
    "`from` and `to` of the work (both included), as `filter[…]` or plain. `POST " +
    "/invoices/{id}/import-time` takes them as `task_ids`.",
  tag: "Tasks",
  access: { scope: "tasks:read" },
  query: z.strictObject({ ...pageQuery, ...filters, filter: filterQuery(filters) }),
  answers: { 200: listJson(candidateJson, {}) },

  async run({ sql, company, mayUse }, { query }) {
    const given = { ...query, ...query.filter };
    requireOrder(given, placesOf(query));
    const filter = {
      companyId: company.id,
      currency: company.currency,
      clientId: given.client_id,
      projectId: given.project_id,
      userId: given.user_id,
      from: given.from,
      to: given.to,
    };
    const page = pageOf(query);
    const [rows, total] = await Promise.all([
      listCandidates(sql, filter, page),
      countCandidates(sql, filter),
    ]);
    const candidates = rows.map((row) => ({
      task_id: row.taskId,
      summary: row.summary,
      project_id: row.projectId,
      client_id: row.clientId,
      ...(mayUse("time-entries:read")
        ? {
            time: {
              entries: row.entries,
              duration: row.duration,
              amount: row.amount,
              currency: row.currency,
              first_date: row.firstDate,
              last_date: row.lastDate,
            },
          }
        : {}),
    }));
    return listAnswer(candidates, { ...page, total });
  },
});
