import { findCompany } from "../../../db/companies.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { presentSettings, settingsJson } from "./settings-answer.ts";

/** GET /settings — what is said about the current company. */
export const getSettingsRoute = defineRoute({
  method: "get",
  path: "/settings",
  summary: "Get company settings",
  tag: "Settings",
  access: { scope: "settings:read" },
  answers: { 200: settingsJson },

  async run(context) {
    const { sql, company } = context;
    // Read anew: who is remembered for a moment may be shown a setting that was just changed.
    const current = await findCompany(sql, company.id);
    if (current === undefined) throw new NotFound("Company");
    const data = await presentSettings(sql, context, current);
    return { status: 200, body: { data }, version: current };
  },
});
