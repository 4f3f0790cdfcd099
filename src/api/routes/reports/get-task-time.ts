import { z } from "zod";
import { listTaskTime } from "../../../db/report-time.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { presentByCurrency, splitTold, sumsByCurrency } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { periodMetaJson } from "./period.ts";
import { presentTime, timeFilterOf, timeJson, timeKeys, timeReportQuery } from "./time.ts";

/** GET /reports/task-time — what was worked on. */
export const getTaskTimeRoute = defineReport({
  name: "task-time",
  summary: "Time by task report",
  description:
    "Time by task, the longest first; what was worked on no task by project and service. `amount` is what its billable part is worth, in the " +
    "invoice's currency once the time is on one, else the client's, else the company's.",
  isPaged: true,
  query: timeReportQuery,
  row: {
    task_id: z.int().nullable(),
    task_summary: z.string().nullable(),
    client_id: z.int().nullable(),
    client_name: z.string().nullable(),
    project_id: z.int().nullable(),
    project_name: z.string().nullable(),
    service_id: z.int().nullable(),
    service_name: z.string().nullable(),
    ...timeJson,
    currency: z.string(),
    amount: moneyJson("Of the billable time, each entry rounded by itself."),
  },
  meta: {
    ...periodMetaJson,
    totals_by_currency: z.record(z.string(), z.object({ ...timeJson, amount: minorJson })),
  },

  async read(context, query, page) {
    const filter = timeFilterOf(context, query);
    const { from, to, currency } = filter;
    const { rows, totals, total } = splitTold(await listTaskTime(context.sql, filter, page));
    const sums = sumsByCurrency(currency, totals, [...timeKeys, "amount"]);
    return {
      data: rows.map((row) => ({
        task_id: row.taskId,
        task_summary: row.taskSummary,
        client_id: row.clientId,
        client_name: row.clientName,
        project_id: row.projectId,
        project_name: row.projectName,
        service_id: row.serviceId,
        service_name: row.serviceName,
        ...presentTime(row),
        currency: row.currency,
        amount: row.amount,
      })),
      total,
      meta: {
        period: { start: from, end: to },
        currency,
        totals_by_currency: presentByCurrency(sums, ({ amount, ...time }) => ({
          ...presentTime(time),
          amount,
        })),
      },
    };
  },
});
