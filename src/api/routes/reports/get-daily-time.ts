import { z } from "zod";
import { listDays } from "../../../billing/dates.ts";
import { listDailyTime } from "../../../db/report-time.ts";
import { dateJson } from "../../answers.ts";
import { sumsOf } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { reportPeriodJson } from "./period.ts";
import { presentTime, timeFilterOf, timeJson, timeKeys, timeReportQuery } from "./time.ts";

/** GET /reports/daily-time — how much was worked on each day. */
export const getDailyTimeRoute = defineReport({
  name: "daily-time",
  summary: "Time by day report",
  description: "Time on every day of the period, also on those without any.",
  query: timeReportQuery,
  row: { date: dateJson, ...timeJson },
  meta: { period: reportPeriodJson, totals: z.object(timeJson) },

  async read(context, query) {
    const filter = timeFilterOf(context, query);
    const { from, to } = filter;
    const rows = await listDailyTime(context.sql, filter);
    const byDate = new Map(rows.map((row) => [row.date, row]));
    const nothing = sumsOf([], timeKeys);
    return {
      data: listDays(from, to).map((date) => ({
        date,
        ...presentTime(byDate.get(date) ?? nothing),
      })),
      meta: { period: { start: from, end: to }, totals: presentTime(sumsOf(rows, timeKeys)) },
    };
  },
});
