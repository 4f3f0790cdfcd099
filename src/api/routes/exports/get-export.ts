import { z } from "zod";
import { findExport } from "../../../db/exports.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { exportJson, presentExport } from "./schema.ts";

/** GET /exports/:id */
export const getExportRoute = defineRoute({
  method: "get",
  path: "/exports/:id",
  summary: "Get an export",
  tag: "Exports",
  access: { scope: "exports:read" },
  params: z.object({ id: idParam }),
  answers: { 200: z.object({ data: exportJson }) },

  async run({ sql, company, clock }, { params }) {
    const row = await findExport(sql, { companyId: company.id, id: params.id });
    if (row === undefined) throw new NotFound("Export");
    return { status: 200, body: { data: presentExport(row, clock.now()) }, version: row };
  },
});
