import { defineMailJob } from "./define-mail-job.ts";

/** Mails who runs a company that one of its webhooks was disabled. */
export const sendWebhookNoticeMail = defineMailJob({
  kind: "webhook",
  eventType: "webhook.notice-requested",
});
