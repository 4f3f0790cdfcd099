import { z } from "zod";
import { updateReminder } from "../../../actions/save-reminder.ts";
import { recordAudit } from "../../../db/audit.ts";
import { changerOf } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { reminderTexts, updateReminderBody } from "./reminder-inputs.ts";
import { presentReminder, reminderJson } from "./schema.ts";

/** PUT and PATCH /settings/reminders/:id — what is left out stays as it is. */
export const putReminderRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/settings/reminders/:id",
  summary: "Update a payment reminder",
  tag: "Settings",
  access: { scope: "settings:write" },
  params: z.object({ id: idParam }),
  body: updateReminderBody,
  answers: { 200: z.object({ data: reminderJson }) },

  async run(context, { params, body }) {
    const { tx, company, now } = context;
    const where = { companyId: company.id, id: params.id, now };
    const reminder = await updateReminder(tx, where, {
      reminderNumber: body.reminder_number,
      daysOffset: body.days_offset,
      ...reminderTexts(body),
    });
    await recordAudit(tx, {
      companyId: company.id,
      ...changerOf(context),
      action: "payment-reminder.updated",
      subjectType: "payment-reminder",
      subjectId: reminder.id,
      details: { fields: Object.keys(body) },
    });
    return { status: 200, body: { data: presentReminder(reminder) }, version: reminder };
  },
});
