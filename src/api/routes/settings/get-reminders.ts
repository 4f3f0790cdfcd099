import { z } from "zod";
import { listPaymentReminders } from "../../../db/payment-reminders.ts";
import { defineRoute } from "../../define-route.ts";
import { presentReminder, reminderJson } from "./schema.ts";

/** GET /settings/reminders — by number; there are at most three. */
export const getRemindersRoute = defineRoute({
  method: "get",
  path: "/settings/reminders",
  summary: "List payment reminders",
  tag: "Settings",
  access: { scope: "settings:read" },
  answers: { 200: z.object({ data: z.array(reminderJson) }) },

  async run({ sql, company }) {
    const reminders = await listPaymentReminders(sql, company.id);
    return { status: 200, body: { data: reminders.map(presentReminder) } };
  },
});
