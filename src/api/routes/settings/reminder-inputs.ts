import { z } from "zod";
import { listPlaceholders } from "../../../actions/check-placeholders.ts";
import { MAIL_PLACEHOLDERS } from "../../../actions/compose-mail.ts";
import type { ReminderInput } from "../../../actions/save-reminder.ts";
import { optionalText } from "../../inputs.ts";

const placeholdersNote =
  `May hold ${listPlaceholders(MAIL_PLACEHOLDERS)}; others are refused. ` +
  "Without it the mail has words of ours.";

const number = z.int().min(1).max(3);
const offset = z.int().min(-30).max(90);
const texts = {
  subject: optionalText(255).meta({ description: placeholdersNote }),
  body: optionalText(2000).meta({ description: placeholdersNote }),
  is_active: z.boolean().optional(),
};

/** The body of POST /settings/reminders. */
export const createReminderBody = z.strictObject({
  reminder_number: number,
  days_offset: offset,
  ...texts,
});

/** The body of PUT /settings/reminders/{id}: what is left out stays. */
export const updateReminderBody = z.strictObject({
  reminder_number: number.optional(),
  days_offset: offset.optional(),
  ...texts,
});

export function reminderTexts(
  body: Pick<z.output<typeof updateReminderBody>, "subject" | "body" | "is_active">,
): Pick<ReminderInput, "subject" | "body" | "isActive"> {
  return { subject: body.subject, body: body.body, isActive: body.is_active };
}
