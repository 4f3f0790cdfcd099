import { z } from "zod";
import { listExports } from "../../../db/exports.ts";
import { listAnswer, listJson, pageOf, pageQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { exportJson, presentExport } from "./schema.ts";

/** GET /exports — those that runs write or have written, latest first. */
export const getExportsRoute = defineRoute({
  method: "get",
  path: "/exports",
  summary: "List exports",
  description: "Those written by runs, latest first.",
  tag: "Exports",
  access: { scope: "exports:read" },
  query: z.strictObject(pageQuery),
  answers: { 200: listJson(exportJson, {}) },

  async run({ sql, company, clock }, { query }) {
    const page = pageOf(query);
    const { rows, total } = await listExports(sql, { companyId: company.id, ...page });
    const now = clock.now();
    return listAnswer(
      rows.map((row) => presentExport(row, now)),
      { ...page, total },
    );
  },
});
