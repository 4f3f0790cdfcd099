import { defineMailJob } from "./define-mail-job.ts";

/** Mails a client its statement when it was asked for. */
export const sendStatementMail = defineMailJob({
  kind: "statement",
  eventType: "client.statement-requested",
});
