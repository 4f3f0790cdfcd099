import { defineMailJob } from "./define-mail-job.ts";

/** Mails a client the receipt of a payment when it was asked for. */
export const sendReceiptMail = defineMailJob({
  kind: "receipt",
  eventType: "payment.receipt-requested",
});
