import { z } from "zod";
import { requireFeature } from "../../../actions/require-plan.ts";
import type { Sql } from "../../../db/client.ts";
import {
  fileHeaders,
  listAnswer,
  listMetaJson,
  pageOf,
  pageQuery,
  type Page,
} from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { csvOf, type CsvValue } from "../../csv.ts";
import { defineRoute, type Route } from "../../define-route.ts";

const JSON_TYPE = "application/json";
const CSV_TYPE = "text/csv";

type PageAsked = z.output<z.ZodObject<typeof pageQuery>>;
const pageKeys = ["page", "per_page", "limit", "offset"] as const;

/** What a report comes to. Rows are flat, so that a CSV file can have them. */
export interface ReportContent {
  data: readonly Readonly<Record<string, CsvValue>>[];
  meta: Readonly<Record<string, unknown>>;
  /** How many rows there are on all pages, where `data` is one page; else it is cut out of all of them. */
  total?: number;
}

export interface ReportDefinition<Q extends z.ZodRawShape> {
  /** The end of its address. */
  name: string;
  summary: string;
  description: string;
  /** 403 `upgrade_required` without a plan that is paid for (docs/reports.md). */
  needsSubscription?: boolean;
  /** Its rows are as many as the books': a page of them unless it is CSV. Others are whole. */
  isPaged?: boolean;
  query: Q;
  /** Keys of a row, in the order of the columns. */
  row: z.ZodRawShape;
  meta: z.ZodRawShape;
  /** All rows; or those of `page` when one is given, and how many there are in all. */
  read: (
    context: CompanyContext & { sql: Sql },
    query: z.output<z.ZodObject<Q, z.core.$strict>>,
    page: Page | undefined,
  ) => Promise<ReportContent>;
}

/** Declares GET /reports/:name, which answers JSON, or all its rows as CSV to whoever likes that better. */
export function defineReport<const Q extends z.ZodRawShape>(report: ReportDefinition<Q>): Route {
  const { name, row, meta, needsSubscription = false, isPaged = false } = report;
  const own = z.strictObject(report.query);
  return defineRoute({
    method: "get",
    path: `/reports/${name}`,
    summary: report.summary,
    description:
      `${report.description} All rows are a CSV file on \`Accept: text/csv\`.` +
      (isPaged ? "" : " Without a page, all rows are answered.") +
      (needsSubscription ? " 403 with `upgrade_required` on the free plan." : ""),
    tag: "Reports",
    access: { scope: "reports:read" },
    query: z.strictObject({ ...pageQuery, ...report.query }),
    alsoCsv: true,
    answers: {
      200: z.object({ data: z.array(z.object(row)), meta: listMetaJson.extend(meta) }),
    },

    async run(context, { query }) {
      if (needsSubscription) requireFeature(context.company, "billingReports");
      const isCsv = context.prefers([JSON_TYPE, CSV_TYPE]) === CSV_TYPE;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made of these two, above.
      const given = query as z.output<typeof own> & PageAsked;
      const isAsked = pageKeys.some((key) => given[key] !== undefined);
      const asked = isPaged || isAsked ? pageOf(given) : undefined;
      const content = await report.read(context, given, isPaged && !isCsv ? asked : undefined);
      if (isCsv) {
        const bytes = await csvOf(context.sql, Object.keys(row), content.data);
        return {
          status: 200,
          bytes,
          headers: fileHeaders({ name: `report-${name}`, kind: "csv" }),
        };
      }
      const { data, total = data.length } = content;
      const shown = asked ?? { limit: Math.max(1, total), offset: 0 };
      const rows =
        content.total === undefined ? data.slice(shown.offset, shown.offset + shown.limit) : data;
      return listAnswer(rows, { ...shown, total }, content.meta);
    },
  });
}
