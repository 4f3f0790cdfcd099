import { z } from "zod";
import { listTimesheet } from "../../../db/report-time.ts";
import { dateJson } from "../../answers.ts";
import { sumsOf } from "./by-currency.ts";
import { defineReport } from "./define-report.ts";
import { reportPeriodJson } from "./period.ts";
import { presentTime, timeFilterOf, timeJson, timeKeys, timeReportQuery } from "./time.ts";

/** GET /reports/timesheet — what each person worked on each day. */
export const getTimesheetRoute = defineReport({
  name: "timesheet",
  summary: "Timesheet report",
  description: "Time by person and day; days on which the person did not work are left out.",
  isPaged: true,
  query: timeReportQuery,
  row: { user_id: z.int(), user_name: z.string(), date: dateJson, ...timeJson },
  meta: {
    period: reportPeriodJson,
    people: z.array(z.object({ user_id: z.int(), user_name: z.string(), ...timeJson })),
    totals: z.object(timeJson),
  },

  async read(context, query) {
    const filter = timeFilterOf(context, query);
    const { from, to } = filter;
    const rows = await listTimesheet(context.sql, filter);
    const people = new Map<number, typeof rows>();
    for (const row of rows) {
      const own = people.get(row.userId);
      if (own === undefined) people.set(row.userId, [row]);
      else own.push(row);
    }
    return {
      data: rows.map((row) => ({
        user_id: row.userId,
        user_name: row.userName,
        date: row.date,
        ...presentTime(row),
      })),
      meta: {
        period: { start: from, end: to },
        people: [...people].map(([userId, own]) => ({
          user_id: userId,
          user_name: own[0]!.userName,
          ...presentTime(sumsOf(own, timeKeys)),
        })),
        totals: presentTime(sumsOf(rows, timeKeys)),
      },
    };
  },
});
