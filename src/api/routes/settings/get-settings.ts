import { z } from "zod";
import { findCompany } from "../../../db/companies.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { companyJson, presentCompany } from "../companies/schema.ts";

/** GET /settings — what is said about the current company. */
export const getSettingsRoute = defineRoute({
  method: "get",
  path: "/settings",
  summary: "Get company settings",
  tag: "Settings",
  access: { scope: "settings:read" },
  answers: { 200: z.object({ data: companyJson }) },

  async run({ sql, company }) {
    // Read anew: who is remembered for a moment may be shown a setting that was just changed.
    const current = await findCompany(sql, company.id);
    if (current === undefined) throw new NotFound("Company");
    return { status: 200, body: { data: presentCompany(current) }, version: current };
  },
});
