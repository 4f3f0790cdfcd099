import { z } from "zod";
import { lockBranding, saveBranding } from "../../../actions/save-branding.ts";
import { recordAudit } from "../../../db/audit.ts";
import { changerOf } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { brandingBody, brandingInput, presentTemplate, templateJson } from "./branding-schema.ts";

/** PUT and PATCH /settings/branding — how papers and mails look from now on. */
export const putBrandingRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/settings/branding",
  summary: "Update branding settings",
  description:
    "Keys left out stay as they are; null gives back the layout's own. `layout` is the company's " +
    "`invoice_layout`. HTML is sanitised: scripts, pictures and whatever else is loaded are left out. " +
    "`custom_css` must not load or run anything. PDFs print the text of `header_html` and `footer_html`.",
  tag: "Settings",
  access: { scope: "settings:write" },
  body: brandingBody,
  answers: { 200: z.object({ data: templateJson }) },

  async run(context, { body }) {
    const { tx, company, now } = context;
    const key = { companyId: company.id, now };
    const before = await lockBranding(tx, key);
    const branding = await saveBranding(tx, key, before, brandingInput(body));
    await recordAudit(tx, {
      companyId: company.id,
      ...changerOf(context),
      action: "branding.updated",
      subjectType: "company",
      subjectId: company.id,
      details: { fields: Object.keys(body) },
    });
    return { status: 200, body: { data: presentTemplate(branding) }, version: branding };
  },
});
