import { z } from "zod";
import { findCompany } from "../../../db/companies.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { lateFeesJson, presentLateFees } from "./schema.ts";

/** GET /settings/late-fees */
export const getLateFeesRoute = defineRoute({
  method: "get",
  path: "/settings/late-fees",
  summary: "Get late fee settings",
  tag: "Settings",
  access: { scope: "settings:read" },
  answers: { 200: z.object({ data: lateFeesJson }) },

  async run({ sql, company }) {
    const current = await findCompany(sql, company.id);
    if (current === undefined) throw new NotFound("Company");
    return { status: 200, body: { data: presentLateFees(current) }, version: current };
  },
});
