import { localDateOf } from "../billing/dates.ts";
import type { Tx } from "../db/client.ts";
import type { DeliveryRow } from "../db/deliveries.ts";
import { lockInvitationMail, type InvitationMailRow } from "../db/invitations.ts";
import { getInvoice } from "../db/invoices.ts";
import { lockMailState, type MailStateRow } from "../db/mail-facts.ts";
import {
  lockQuoteMail,
  lockStatementMail,
  type QuoteMailRow,
  type StatementMailRow,
} from "../db/quote-mail-facts.ts";
import { getQuote } from "../db/quotes.ts";
import { lockWebhookMail, type WebhookMailRow } from "../db/webhook-endpoints.ts";
import type { Clock } from "../platform/clock.ts";

export interface MailRef {
  companyId: number;
  deliveryId: number;
  /** The machine's clock, for companies that do not live at one of their own. */
  clock: Clock;
}

/** What a mail is about, locked, and what decides whether it may still go out. */
export type MailSubject = DocumentMailSubject | InvitationMailRow | WebhookMailRow;
/** As far as it travels with a document. */
export type DocumentMailSubject = MailStateRow | QuoteMailRow | StatementMailRow;

/**
 * Locks the invoice, quote, statement, invitation or webhook of a delivery, one of which each has
 * (`deliveries_about_one_thing`). Undefined when the delivery is not this company's any more.
 */
export async function lockSubject(tx: Tx, ref: MailRef): Promise<MailSubject | undefined> {
  const { companyId, deliveryId } = ref;
  return (
    (await lockMailState(tx, { companyId, deliveryId })) ??
    (await lockQuoteMail(tx, { companyId, deliveryId, machineNow: ref.clock.now() })) ??
    (await lockStatementMail(tx, { companyId, deliveryId })) ??
    (await lockInvitationMail(tx, { companyId, deliveryId })) ??
    (await lockWebhookMail(tx, { companyId, deliveryId }))
  );
}

/** Why nobody knows whether a mail that was left at "sending" has arrived. */
export const DIED_MEANWHILE = "the worker died while the mail server was answering";

/** What a delivery is about, as attention items name it. */
export function subjectOf(delivery: DeliveryRow): { subjectType: string; subjectId: number } {
  const { invoiceId, quoteId, statementId, invitationId, webhookEndpointId } = delivery;
  if (invoiceId !== null) return { subjectType: "invoice", subjectId: invoiceId };
  if (quoteId !== null) return { subjectType: "quote", subjectId: quoteId };
  if (invitationId !== null) return { subjectType: "invitation", subjectId: invitationId };
  if (webhookEndpointId !== null) return { subjectType: "webhook", subjectId: webhookEndpointId };
  return { subjectType: "statement", subjectId: statementId! };
}

/** What a mail is about, as people call it: by its number where it has one. */
export async function nameOf(
  tx: Tx,
  { delivery, now }: { delivery: DeliveryRow; now: Date },
): Promise<string> {
  const { companyId, invoiceId, quoteId } = delivery;
  if (invoiceId !== null) {
    return `invoice ${(await getInvoice(tx, { companyId, id: invoiceId })).invoiceNumber}`;
  }
  if (quoteId !== null) {
    const today = localDateOf(now, "UTC");
    return `quote ${(await getQuote(tx, { companyId, id: quoteId, today })).quoteNumber}`;
  }
  const { subjectType, subjectId } = subjectOf(delivery);
  return `${subjectType} ${subjectId}`;
}
