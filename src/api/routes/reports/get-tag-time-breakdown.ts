import { z } from "zod";
import { percentOf } from "../../../billing/worked-time.ts";
import { listTagTime } from "../../../db/report-time.ts";
import { defineReport } from "./define-report.ts";
import { reportPeriodJson } from "./period.ts";
import { presentTime, timeFilterOf, timeJson, timeReportQuery } from "./time.ts";

/** GET /reports/tag-time-breakdown — where the time went, by tag. */
export const getTagTimeBreakdownRoute = defineReport({
  name: "tag-time-breakdown",
  summary: "Time by tag report",
  description:
    "Time by the tags of its task and project, the longest first; a row without a tag has the rest. Time with several tags " +
    "counts for each, so rows may come to more than `totals`, which has everything once.",
  query: timeReportQuery,
  row: {
    tag_id: z.int().nullable(),
    tag_name: z.string().nullable(),
    ...timeJson,
    share: z.number().meta({ description: "Per cent of all time." }),
  },
  meta: { period: reportPeriodJson, totals: z.object(timeJson) },

  async read(context, query) {
    const filter = timeFilterOf(context, query);
    const { from, to } = filter;
    const [all, ...rows] = await listTagTime(context.sql, filter);
    return {
      data: rows.map((row) => ({
        tag_id: row.tagId,
        tag_name: row.tagName,
        ...presentTime(row),
        share: percentOf(row.seconds, all!.seconds),
      })),
      meta: { period: { start: from, end: to }, totals: presentTime(all!) },
    };
  },
});
