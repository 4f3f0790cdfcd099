import { defineMailJob } from "./define-mail-job.ts";

/** Mails a quote with its PDF when it was asked for. */
export const sendQuoteMail = defineMailJob({
  name: "mail.send-quote",
  eventType: "quote.send-requested",
});
