import { listPaymentReminders } from "../../../db/payment-reminders.ts";
import { listJson, wholeListAnswer, wholeListQuery } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { presentReminder, reminderJson } from "./schema.ts";

/** GET /settings/reminders — by number; there are at most three. */
export const getRemindersRoute = defineRoute({
  method: "get",
  path: "/settings/reminders",
  summary: "List payment reminders",
  tag: "Settings",
  access: { scope: "settings:read" },
  query: wholeListQuery,
  answers: { 200: listJson(reminderJson, {}) },

  async run({ sql, company }, { query }) {
    const reminders = await listPaymentReminders(sql, company.id);
    return wholeListAnswer(reminders.map(presentReminder), query);
  },
});
