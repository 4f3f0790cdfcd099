import { saveLogo } from "../../../actions/save-branding.ts";
import { recordAudit } from "../../../db/audit.ts";
import { changerOf } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { brandingAnswer, presentBranding } from "./branding-schema.ts";

/** POST /settings/branding/logo — no SVG: it is a program, and papers need pixels. */
export const postBrandingLogoRoute = defineRoute({
  method: "post",
  path: "/settings/branding/logo",
  summary: "Upload the company's logo",
  description:
    "A JPEG, PNG, GIF or WebP of up to 2 MB, told by its content. Replaces the one there is. Papers show " +
    "it on white, as long as `show_logo` is true.",
  tag: "Settings",
  access: { scope: "settings:write" },
  upload: {
    field: "logo",
    bytesMax: 2 * 1_048_576,
    kinds: ["jpg", "png", "gif", "webp"],
    folder: "logos",
  },
  answers: { 200: brandingAnswer },
  failures: [502],

  async run(context, { file }) {
    const { tx, company, now } = context;
    const branding = await saveLogo(tx, { companyId: company.id, now }, file);
    await recordAudit(tx, {
      companyId: company.id,
      ...changerOf(context),
      action: "branding.logo-uploaded",
      subjectType: "company",
      subjectId: company.id,
      details: { kind: file.kind, bytes: file.content.length, sha256: file.digest },
    });
    return { status: 200, body: { data: presentBranding(branding) }, version: branding };
  },
});
