import { findBranding, lockBranding } from "../../../actions/save-branding.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { defineRoute } from "../../define-route.ts";
import { brandingAnswer, presentBranding } from "./branding-schema.ts";

/** GET /settings/branding — the first look makes the template. */
export const getBrandingRoute = defineRoute({
  method: "get",
  path: "/settings/branding",
  summary: "Get branding settings",
  description: "Colours and a font that were never set are shown as the layout has them.",
  tag: "Settings",
  access: { scope: "settings:read" },
  answers: { 200: brandingAnswer },

  async run({ sql, company, now }) {
    const branding =
      (await findBranding(sql, company.id)) ??
      (await inTransaction(sql, (tx) => lockBranding(tx, { companyId: company.id, now })));
    return { status: 200, body: { data: presentBranding(branding) }, version: branding };
  },
});
