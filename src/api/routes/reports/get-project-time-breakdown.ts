import { z } from "zod";
import { parseScaled } from "../../../billing/money.ts";
import { percentOf } from "../../../billing/worked-time.ts";
import { listProjectTime, type ProjectTimeRow } from "../../../db/report-time.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { presentByCurrency, sumsByCurrency } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { periodMetaJson } from "./period.ts";
import { presentTime, timeFilterOf, timeJson, timeKeys, timeReportQuery } from "./time.ts";

/** GET /reports/project-time-breakdown — where the time of each project went. */
export const getProjectTimeBreakdownRoute = defineReport({
  name: "project-time-breakdown",
  summary: "Time by project report",
  description:
    "Time by project and currency, the longest first; a row without a project has the rest. `share` is the part of all " +
    "time, `budget_used` the part of the project's budgeted hours that the row's time is.",
  isPaged: true,
  query: timeReportQuery,
  row: {
    project_id: z.int().nullable(),
    project_name: z.string().nullable(),
    client_id: z.int().nullable(),
    client_name: z.string().nullable(),
    person_count: z.int(),
    ...timeJson,
    share: z.number().meta({ description: "Per cent of all time." }),
    budget_hours: z.string().nullable(),
    budget_used: z.number().nullable().meta({ description: "Per cent." }),
    currency: z.string(),
    amount: moneyJson("Of the billable time, each entry rounded by itself."),
    billed_amount: moneyJson("Of the billed time."),
  },
  meta: {
    ...periodMetaJson,
    totals_by_currency: z.record(
      z.string(),
      z.object({ ...timeJson, amount: minorJson, billed_amount: minorJson }),
    ),
  },

  async read(context, query) {
    const filter = timeFilterOf(context, query);
    const { from, to, currency } = filter;
    const rows = await listProjectTime(context.sql, filter);
    const all = rows.reduce((sum, row) => sum + row.seconds, 0n);
    const totals = sumsByCurrency(currency, rows, [...timeKeys, "amount", "billedAmount"]);
    return {
      data: rows.map((row) => ({
        project_id: row.projectId,
        project_name: row.projectName,
        client_id: row.clientId,
        client_name: row.clientName,
        person_count: row.personCount,
        ...presentTime(row),
        share: percentOf(row.seconds, all),
        budget_hours: row.budgetHours,
        budget_used: budgetUsed(row),
        currency: row.currency,
        amount: row.amount,
        billed_amount: row.billedAmount,
      })),
      meta: {
        period: { start: from, end: to },
        currency,
        totals_by_currency: presentByCurrency(totals, (sums) => ({
          ...presentTime(sums),
          amount: sums.amount,
          billed_amount: sums.billedAmount,
        })),
      },
    };
  },
});

/** Null without a budget, or with one of nothing. */
function budgetUsed({ budgetHours, seconds }: ProjectTimeRow): number | null {
  const budget = parseScaled(budgetHours ?? "0", 4) ?? 0n;
  return budget === 0n ? null : percentOf(seconds * 10_000n, budget * 3_600n);
}
