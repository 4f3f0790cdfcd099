import { defineMailJob } from "./define-mail-job.ts";

/** Mails who runs a company that one of its webhooks was disabled. */
export const sendWebhookNoticeMail = defineMailJob({
  name: "mail.send-webhook-notice",
  eventType: "webhook.notice-requested",
});
