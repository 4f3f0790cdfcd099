/**
 * The stable name of a mail, made from the business fact it is for, so that whoever gets it twice
 * can tell (RFC 5322 section 3.6.4). The company keeps ids of different companies apart.
 */
export function invoiceMailKey(invoiceId: number, sending: number): string {
  return `${invoiceId}/${sending}`;
}

/** `sending` counts from 1; further ones are those that somebody asked to be sent again. */
export function reminderMailKey(invoiceReminderId: number, sending = 1): string {
  return sending === 1 ? `${invoiceReminderId}` : `${invoiceReminderId}/${sending}`;
}

export function receiptMailKey(paymentId: number, sending: number): string {
  return `${paymentId}/${sending}`;
}

export function quoteMailKey(quoteId: number, sending: number): string {
  return `${quoteId}/${sending}`;
}

export function statementMailKey(statementId: number): string {
  return `${statementId}`;
}

export function invitationMailKey(invitationId: number, sending: number): string {
  return `${invitationId}/${sending}`;
}

/** `disabling` counts from 1: how often the endpoint was disabled by us. */
export function webhookMailKey(endpointId: number, disabling: number, userId: number): string {
  return `${endpointId}/${disabling}/${userId}`;
}

/** Whether a key of `webhookMailKey` is about this disabling, to whomever it goes. */
export function isWebhookMailKeyOf(key: string, endpointId: number, disabling: number): boolean {
  return key.startsWith(`${endpointId}/${disabling}/`);
}

export type MailKind =
  | "invoice"
  | "reminder"
  | "quote"
  | "statement"
  | "receipt"
  | "invitation"
  | "webhook";

/** Without domain and brackets: those of the sender are added when the mail is sent. */
export function messageIdOf(mail: { companyId: number; kind: MailKind; key: string }): string {
  return `${mail.kind}-${mail.key.replaceAll("/", "-")}.c${mail.companyId}`;
}

/** A mail about a new password belongs to no company. Without domain and brackets, too. */
export function passwordResetMessageId(passwordResetId: number): string {
  return `password-reset-${passwordResetId}`;
}

/** A mail to an owner about a dead Slack channel. Without domain and brackets, too. */
export function slackNoticeMessageId({
  companyId,
  noticeId,
}: {
  companyId: number;
  noticeId: number;
}): string {
  return `slack-notice-${noticeId}.c${companyId}`;
}
