import { defineRoute } from "../../define-route.ts";
import { companyBody } from "../companies/schema.ts";
import { changeSettings } from "./change-settings.ts";
import { settingsJson } from "./settings-answer.ts";

/** PATCH /settings/business — what it is called, and where it is. */
export const patchBusinessSettingsRoute = defineRoute({
  method: "patch",
  path: "/settings/business",
  summary: "Update business settings",
  description: "Who the company is, as it stands on its documents. Keys left out stay as they are.",
  tag: "Settings",
  access: { scope: "settings:write" },
  body: companyBody.pick({
    name: true,
    legal_name: true,
    email: true,
    phone: true,
    address_line_1: true,
    address_line_2: true,
    city: true,
    state: true,
    postal_code: true,
    country: true,
    tax_number: true,
  }),
  answers: { 200: settingsJson },

  async run(context, { body }) {
    return await changeSettings(context, body);
  },
});
