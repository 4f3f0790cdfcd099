import { defineRoute } from "../../define-route.ts";
import { companyBody } from "../companies/schema.ts";
import { changeSettings } from "./change-settings.ts";
import { settingsJson } from "./settings-answer.ts";

/** PUT and PATCH /settings — what is left out stays as it is. */
export const putSettingsRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/settings",
  summary: "Update company settings",
  description:
    "Keys left out stay as they are. A changed zone or billing time moves the next night; a date that had " +
    "its night does not get another. Another tax rounding concerns invoices written from now on. Late fees " +
    "and reminders have addresses of their own.",
  tag: "Settings",
  access: { scope: "settings:write" },
  body: companyBody,
  answers: { 200: settingsJson },

  async run(context, { body }) {
    return await changeSettings(context, body);
  },
});
