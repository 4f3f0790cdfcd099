import type { MailKind } from "../billing/message-ids.ts";
import { raiseAttention, settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { findCompany } from "../db/companies.ts";
import { lockDelivery, setDeliveryStatus, type DeliveryRow } from "../db/deliveries.ts";
import { recordEvent } from "../db/events.ts";
import { getInvoice } from "../db/invoices.ts";
import {
  endReminder,
  markInvoiceMailed,
  markReminderMailed,
  type MailStateRow,
} from "../db/mail-facts.ts";
import { markQuoteMailed, type QuoteMailRow } from "../db/quote-mail-facts.ts";
import { issueInvoice } from "./issue-invoice.ts";
import { lockSubject, nameOf, subjectOf, type MailRef, type MailSubject } from "./mail-subject.ts";

/** A delivery as a worker knows it that tried to send it. */
export interface AttemptRef extends MailRef {
  /**
   * `attempts` of the record as this worker last read or wrote it. Another number means that another
   * worker has begun to send it since: what this one has to say of it does not count.
   */
  attempts: number;
}

interface LockedAttempt {
  state: MailSubject;
  delivery: DeliveryRow;
  now: Date;
}

/** Undefined when the delivery is not this worker's to settle: moved away, over, or begun anew. */
async function lockAttempt(tx: Tx, ref: AttemptRef): Promise<LockedAttempt | undefined> {
  const state = await lockSubject(tx, ref);
  if (state === undefined) return undefined;
  const delivery = await lockDelivery(tx, { companyId: ref.companyId, id: ref.deliveryId });
  if (delivery.attempts !== ref.attempts) return undefined;
  // What was thought lost may still have an end that its own worker knows.
  if (!["queued", "sending", "unknown"].includes(delivery.status)) return undefined;
  return { state, delivery, now: state.testNow ?? ref.clock.now() };
}

/**
 * The mail server took the mail: what it is about is sent, the reminder counted (BILLING.md section
 * 8). `refusals` says which copies it did not take.
 */
export async function acceptDelivery(
  tx: Tx,
  ref: AttemptRef & { response: string; refusals?: string | undefined },
): Promise<void> {
  const { companyId, deliveryId, response, refusals } = ref;
  const locked = await lockAttempt(tx, ref);
  if (locked === undefined) return;
  const { state, delivery, now } = locked;

  await setDeliveryStatus(tx, {
    companyId,
    id: deliveryId,
    status: "accepted",
    now,
    response,
    ...(refusals === undefined ? {} : { errorCode: "copy_rejected", errorMessage: refusals }),
  });
  await settleDoubt(tx, delivery, "the mail server took it");
  switch (state.about) {
    case "invoice":
      return await acceptInvoiceMail(tx, delivery, state, now);
    case "quote":
      return await acceptQuoteMail(tx, delivery, state, now);
    case "statement":
      await recordEvent(tx, {
        companyId,
        type: "client.statement_sent",
        subjectType: "client",
        subjectId: state.clientId,
        payload: { delivery_id: deliveryId, from: state.fromDate, to: state.toDate },
        occurredAt: now,
      });
      return;
    case "invitation":
      await recordEvent(tx, {
        companyId,
        type: "invitation.sent",
        subjectType: "invitation",
        subjectId: state.invitationId,
        payload: { delivery_id: deliveryId },
        occurredAt: now,
      });
      return;
    // That it was disabled is an event already.
    case "webhook":
  }
}

async function acceptInvoiceMail(
  tx: Tx,
  delivery: DeliveryRow,
  state: MailStateRow,
  now: Date,
): Promise<void> {
  const { companyId, id: deliveryId, invoiceReminderId } = delivery;
  const { invoiceId } = state;
  if (invoiceReminderId !== null) {
    await markReminderMailed(tx, { companyId, invoiceId, invoiceReminderId, now });
  } else if (delivery.kind === "invoice") {
    // It may have been emptied while the mail server was answering.
    await issueFreeDraft(tx, { companyId, state, now });
    await markInvoiceMailed(tx, { companyId, invoiceId, now });
  }
  await recordEvent(tx, {
    companyId,
    type: ACCEPTED_EVENTS[delivery.kind] ?? "invoice.sent",
    subjectType: "invoice",
    subjectId: invoiceId,
    payload: {
      delivery_id: deliveryId,
      ...(state.reminderNumber === null ? {} : { reminder_number: state.reminderNumber }),
      ...(state.paymentId === null ? {} : { payment_id: state.paymentId }),
    },
    occurredAt: now,
  });
}

/** What a mail server's taking a mail about an invoice is called. */
const ACCEPTED_EVENTS: Readonly<Partial<Record<MailKind, string>>> = {
  reminder: "invoice.reminder_sent",
  receipt: "payment.receipt_sent",
};

/** Finalises a draft over nothing that was asked to be sent: it is paid (BILLING.md 5.3). */
export async function issueFreeDraft(
  tx: Tx,
  { companyId, state, now }: { companyId: number; state: MailStateRow; now: Date },
): Promise<void> {
  if (state.status !== "draft" || state.total !== 0n || state.isDeleted) return;
  const company = await findCompany(tx, companyId);
  if (company === undefined) return;
  const invoice = await getInvoice(tx, { companyId, id: state.invoiceId });
  await issueInvoice(tx, { company, causerId: null, now }, invoice);
}

async function acceptQuoteMail(
  tx: Tx,
  delivery: DeliveryRow,
  { quoteId }: QuoteMailRow,
  now: Date,
): Promise<void> {
  const { companyId, id } = delivery;
  await markQuoteMailed(tx, { companyId, quoteId, now });
  await recordEvent(tx, {
    companyId,
    type: "quote.sent",
    subjectType: "quote",
    subjectId: quoteId,
    payload: { delivery_id: id },
    occurredAt: now,
  });
}

/**
 * The mail server said no for good, or the mail cannot be written. False when it is not this
 * worker's to settle any more.
 */
export async function failDelivery(
  tx: Tx,
  ref: AttemptRef & { code: string; reason: string },
): Promise<boolean> {
  const locked = await lockAttempt(tx, ref);
  if (locked === undefined) return false;
  const { code, reason } = ref;
  await endDelivery(tx, locked, { status: "failed", code, reason });
  await settleDoubt(tx, locked.delivery, "the mail server refused it");
  return true;
}

/** Nobody knows whether the mail arrived: it is not sent again, and a person is told. */
export async function doubtDelivery(tx: Tx, ref: AttemptRef & { reason: string }): Promise<void> {
  const locked = await lockAttempt(tx, ref);
  if (locked === undefined) return;
  const { companyId, deliveryId, reason } = ref;
  await endDelivery(tx, locked, { status: "unknown", code: "unconfirmed", reason });
  await raiseAttention(tx, {
    companyId,
    kind: "mail.unknown",
    key: String(deliveryId),
    title: `It is not known whether the ${locked.delivery.kind} mail for ${await nameOf(tx, locked)} arrived: ${reason}`,
    ...subjectOf(locked.delivery),
  });
}

/**
 * A try ended before the mail could have arrived: it is still to be sent. What another worker has
 * begun, or thinks lost, stays as it is.
 */
export async function requeueDelivery(
  tx: Tx,
  ref: AttemptRef & { code: string; reason: string },
): Promise<void> {
  const { companyId, deliveryId: id, code: errorCode, reason: errorMessage } = ref;
  const locked = await lockAttempt(tx, ref);
  if (locked === undefined || locked.delivery.status === "unknown") return;
  const { now } = locked;
  await setDeliveryStatus(tx, {
    companyId,
    id,
    status: "queued",
    now,
    errorCode,
    errorMessage,
  });
}

export interface DeliveryEnd {
  status: "failed" | "unknown" | "cancelled" | "blocked";
  code: string;
  reason: string;
}

/** Writes how a locked delivery ended that was not sent, and its reminder with it. */
export async function endDelivery(
  tx: Tx,
  { delivery, now }: Pick<LockedAttempt, "delivery" | "now">,
  { status, code: errorCode, reason }: DeliveryEnd,
): Promise<void> {
  const { companyId, id, invoiceReminderId } = delivery;
  await setDeliveryStatus(tx, { companyId, id, status, now, errorCode, errorMessage: reason });
  if (invoiceReminderId === null) return;
  await endReminder(tx, { companyId, invoiceReminderId, status, reason, now });
}

async function settleDoubt(
  tx: Tx,
  { companyId, id, status }: DeliveryRow,
  resolution: string,
): Promise<void> {
  if (status !== "unknown") return;
  await settleAttention(tx, { companyId, kind: "mail.unknown", key: String(id), resolution });
}
