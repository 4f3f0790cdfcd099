import { defineMailJob } from "./define-mail-job.ts";

/** Mails a payment reminder that a night decided on. */
export const sendReminderMail = defineMailJob({
  kind: "reminder",
  eventType: "invoice.reminder-due",
});
