import { defineMailJob } from "./define-mail-job.ts";

/** Mails a quote with its PDF when it was asked for. */
export const sendQuoteMail = defineMailJob({
  kind: "quote",
  eventType: "quote.send-requested",
});
