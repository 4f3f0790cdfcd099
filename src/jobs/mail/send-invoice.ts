import { defineMailJob } from "./define-mail-job.ts";

/** Mails an invoice with its PDF when it was asked for. */
export const sendInvoiceMail = defineMailJob({
  name: "mail.send-invoice",
  eventType: "invoice.send-requested",
});
