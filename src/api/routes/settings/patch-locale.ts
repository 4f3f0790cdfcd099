import { defineRoute } from "../../define-route.ts";
import { companyBody } from "../companies/schema.ts";
import { changeSettings } from "./change-settings.ts";
import { settingsJson } from "./settings-answer.ts";

/** PATCH /settings/locale — its currency and its time. */
export const patchLocaleSettingsRoute = defineRoute({
  method: "patch",
  path: "/settings/locale",
  summary: "Update locale settings",
  description:
    "In what currency the company counts, and where and when its night is. Keys left out stay as they are. A changed " +
    "zone or billing time moves the next night; a date that had its night does not get another.",
  tag: "Settings",
  access: { scope: "settings:write" },
  body: companyBody.pick({
    currency: true,
    timezone: true,
    billing_hour: true,
    billing_minute: true,
  }),
  answers: { 200: settingsJson },

  async run(context, { body }) {
    return await changeSettings(context, body);
  },
});
