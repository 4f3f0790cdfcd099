import { defineMailJob } from "./define-mail-job.ts";

/** Mails a payment reminder that a night decided on. */
export const sendReminderMail = defineMailJob({
  name: "mail.send-reminder",
  eventType: "invoice.reminder-due",
});
