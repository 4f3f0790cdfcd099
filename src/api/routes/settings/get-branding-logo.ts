import { findCompany } from "../../../db/companies.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { answerStoredFile, storedFile } from "../../stored-files.ts";

/** GET /settings/branding/logo — as it was uploaded. */
export const getBrandingLogoRoute = defineRoute({
  method: "get",
  path: "/settings/branding/logo",
  summary: "Download the company's logo",
  description: "404 when there is none.",
  tag: "Settings",
  access: { scope: "settings:read" },
  answers: { 200: storedFile(["jpg", "png", "gif", "webp"]) },
  failures: [502],

  async run({ sql, company, services, log }) {
    const current = await findCompany(sql, company.id);
    if (current === undefined || current.logoPath === null) throw new NotFound("Logo");
    return await answerStoredFile({ key: current.logoPath, name: "logo" }, { services, log });
  },
});
