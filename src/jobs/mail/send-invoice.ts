import { defineMailJob } from "./define-mail-job.ts";

/** Mails an invoice with its PDF when it was asked for. */
export const sendInvoiceMail = defineMailJob({
  kind: "invoice",
  eventType: "invoice.send-requested",
});
