import { z } from "zod";
import { createReminder } from "../../../actions/save-reminder.ts";
import { recordAudit } from "../../../db/audit.ts";
import { changerOf } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { createReminderBody, reminderTexts } from "./reminder-inputs.ts";
import { presentReminder, reminderJson } from "./schema.ts";

/** POST /settings/reminders — for invoices from now on; days before it was made never count. */
export const postReminderRoute = defineRoute({
  method: "post",
  path: "/settings/reminders",
  summary: "Create a payment reminder",
  description:
    "`days_offset` is relative to the due date: negative values send before, positive ones after. Up to " +
    "three, each with a number of its own.",
  tag: "Settings",
  access: { scope: "settings:write" },
  body: createReminderBody,
  answers: { 201: z.object({ data: reminderJson }) },

  async run(context, { body }) {
    const { tx, company, now } = context;
    const reminder = await createReminder(
      tx,
      { companyId: company.id, now },
      {
        reminderNumber: body.reminder_number,
        daysOffset: body.days_offset,
        ...reminderTexts(body),
      },
    );
    await recordAudit(tx, {
      companyId: company.id,
      ...changerOf(context),
      action: "payment-reminder.created",
      subjectType: "payment-reminder",
      subjectId: reminder.id,
    });
    return { status: 201, body: { data: presentReminder(reminder) } };
  },
});
