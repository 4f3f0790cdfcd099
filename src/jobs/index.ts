import { alertOpenItemsJob } from "./attention/alert-open-items.ts";
import { advanceClock } from "./billing/advance-clock.ts";
import { assistNight } from "./billing/assist-night.ts";
import { runNightJob } from "./billing/run-night.ts";
import { startDueNights } from "./billing/start-due-nights.ts";
import { checkConnection } from "./connections/check-connection.ts";
import { checkConnections } from "./connections/check-connections.ts";
import type { AnyJob } from "./define-job.ts";
import { giveUpMails } from "./mail/give-up-mails.ts";
import { sendInvitationMail } from "./mail/send-invitation.ts";
import { pushEntry } from "./google-calendar/push-entry.ts";
import { syncDueCalendars } from "./google-calendar/sync-due.ts";
import { syncCalendar } from "./google-calendar/sync.ts";
import { writeExportFile } from "./exports/write-export-file.ts";
import { importFreshBooks } from "./freshbooks/import.ts";
import { sendInvoiceMail } from "./mail/send-invoice.ts";
import { sendPasswordResetMail } from "./mail/send-password-reset.ts";
import { sendQuoteMail } from "./mail/send-quote.ts";
import { sendReceiptMail } from "./mail/send-receipt.ts";
import { sendReminderMail } from "./mail/send-reminder.ts";
import { sendStatementMail } from "./mail/send-statement.ts";
import { checkCheckout } from "./stripe/check-checkout.ts";
import { checkCheckouts } from "./stripe/check-checkouts.ts";
import { closeCheckout } from "./stripe/close-checkout.ts";
import { handleStripeEvent } from "./stripe/handle-event.ts";
import { readSubscriptionJob } from "./stripe/read-subscription.ts";
import { pushClientToQuickBooks } from "./quickbooks/push-client.ts";
import { pushInvoiceToQuickBooks } from "./quickbooks/push-invoice.ts";
import { pushRequestedToQuickBooks } from "./quickbooks/push-requested.ts";
import { mailSlackNotice } from "./slack/mail-notice.ts";
import { postSlackAlerts } from "./slack/post-alerts.ts";
import { sendSlackTest } from "./slack/send-test.ts";
import { sendWebhookNoticeMail } from "./mail/send-webhook-notice.ts";
import { deliverWebhooks } from "./webhooks/deliver.ts";
import { replayWebhooks } from "./webhooks/replay.ts";
import { wakeWebhooks } from "./webhooks/wake.ts";
import { sendStripeRefund } from "./stripe/send-refund.ts";
import { tellOpenPages } from "./stripe/tell-open-pages.ts";
import { followEvent } from "./rules/follow-event.ts";
import { deleteFiles } from "./upkeep/delete-files.ts";
import { forgetRequests } from "./upkeep/forget-requests.ts";

/** Every job there is. A job that is not here never runs. */
export const jobs: readonly AnyJob[] = [
  advanceClock,
  alertOpenItemsJob,
  assistNight,
  checkCheckout,
  checkCheckouts,
  checkConnection,
  checkConnections,
  closeCheckout,
  deleteFiles,
  deliverWebhooks,
  followEvent,
  forgetRequests,
  giveUpMails,
  handleStripeEvent,
  importFreshBooks,
  mailSlackNotice,
  postSlackAlerts,
  readSubscriptionJob,
  pushClientToQuickBooks,
  pushInvoiceToQuickBooks,
  pushRequestedToQuickBooks,
  replayWebhooks,
  pushEntry,
  runNightJob,
  sendInvitationMail,
  sendInvoiceMail,
  sendPasswordResetMail,
  sendQuoteMail,
  sendReceiptMail,
  sendReminderMail,
  sendSlackTest,
  sendStatementMail,
  sendWebhookNoticeMail,
  sendStripeRefund,
  tellOpenPages,
  startDueNights,
  wakeWebhooks,
  syncCalendar,
  syncDueCalendars,
  writeExportFile,
];
