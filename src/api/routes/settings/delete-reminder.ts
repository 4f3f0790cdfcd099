import { z } from "zod";
import { deleteReminder } from "../../../actions/save-reminder.ts";
import { recordAudit } from "../../../db/audit.ts";
import { changerOf } from "../../asked-by.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /settings/reminders/:id — its number is free again; what it sent stays on record. */
export const deleteReminderRoute = defineRoute({
  method: "delete",
  path: "/settings/reminders/:id",
  summary: "Delete a payment reminder",
  tag: "Settings",
  access: { scope: "settings:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run(context, { params }) {
    const { tx, company, now } = context;
    await deleteReminder(tx, { companyId: company.id, id: params.id, now });
    await recordAudit(tx, {
      companyId: company.id,
      ...changerOf(context),
      action: "payment-reminder.deleted",
      subjectType: "payment-reminder",
      subjectId: params.id,
    });
    return { status: 204 };
  },
});
