import { whyNotMail, whyNotMailReceipt, whyNotRemind } from "../billing/mail-rules.ts";
import type { MailKind } from "../billing/message-ids.ts";
import { whyNotMailQuote } from "../billing/quote-statuses.ts";
import { raiseAttention, settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { lockDelivery, setDeliveryStatus, type DeliveryRow } from "../db/deliveries.ts";
import { recordEvent } from "../db/events.ts";
import {
  lockInvitationMail,
  setInvitationToken,
  type InvitationMailRow,
} from "../db/invitations.ts";
import {
  endReminder,
  findDoubtfulReminderAt,
  lockMailState,
  markInvoiceMailed,
  markReminderMailed,
  type MailStateRow,
} from "../db/mail-facts.ts";
import {
  lockQuoteMail,
  lockStatementMail,
  markQuoteMailed,
  type QuoteMailRow,
  type StatementMailRow,
} from "../db/quote-mail-facts.ts";
import type { Clock } from "../platform/clock.ts";
import { whyNotMailInvitation } from "./change-invitations.ts";

export interface MailRef {
  companyId: number;
  deliveryId: number;
  /** The machine's clock, for companies that do not live at one of their own. */
  clock: Clock;
}

/** What a mail is about, locked, and what decides whether it may still go out. */
export type MailSubject = DocumentMailSubject | InvitationMailRow;
/** As far as it travels with a document. */
export type DocumentMailSubject = MailStateRow | QuoteMailRow | StatementMailRow;

export type OpenedDelivery =
  | { kind: "ready"; delivery: DeliveryRow; state: MailSubject; now: Date }
  | { kind: "over"; reason: string };

/** Every delivery is about something in its company, unless both went to another one (decision 0008). */
const MOVED = "what it is about was moved to another company, which sends it";

/**
 * Looks whether a mail is still to be sent, under lock. Settled in the meantime: it is cancelled. Left
 * at `sending` by a worker that died: nobody can know whether it arrived, and the record says so.
 */
export async function openDelivery(tx: Tx, ref: MailRef): Promise<OpenedDelivery> {
  const { companyId, deliveryId } = ref;
  const state = await lockSubject(tx, ref);
  if (state === undefined) return { kind: "over", reason: MOVED };
  const delivery = await lockDelivery(tx, { companyId, id: deliveryId });
  const now = state.testNow ?? ref.clock.now();

  if (delivery.status === "sending") {
    const reason = "the worker died while the mail server was answering";
    await doubtDelivery(tx, { ...ref, reason });
    return { kind: "over", reason };
  }
  if (delivery.status !== "queued") {
    return { kind: "over", reason: `the mail is ${delivery.status} already` };
  }
  const reason =
    state.about === "invitation"
      ? whyNotMailInvitation(state, { key: delivery.key, machineNow: ref.clock.now() })
      : await whyNot(tx, { delivery, state, now });
  if (reason !== undefined) {
    await cancelDelivery(tx, { ...ref, reason });
    return { kind: "over", reason };
  }
  return { kind: "ready", delivery, state, now };
}

/**
 * The last look, right before the mail server gets the last byte. From here on the mail may arrive, so
 * the record says `sending`. Not so when the mail is over, or when its record changed since it was
 * written: a mail states what is owed (BILLING.md 7.2), and its PDF what was billed.
 */
export async function commitDelivery(
  tx: Tx,
  ref: MailRef & { messageId: string; version: string; linkHash?: Buffer | undefined },
): Promise<OpenedDelivery | { kind: "changed" }> {
  const opened = await openDelivery(tx, ref);
  if (opened.kind === "over") return opened;
  const { state } = opened;
  if (state.version !== ref.version) return { kind: "changed" };
  const { companyId, deliveryId: id, messageId, linkHash: tokenHash } = ref;
  if (state.about === "invitation" && tokenHash !== undefined) {
    await setInvitationToken(tx, { companyId, id: state.invitationId, tokenHash });
  }
  await setDeliveryStatus(tx, { companyId, id, status: "sending", now: opened.now, messageId });
  return opened;
}

/** The mail server took the mail: what it is about is sent, the reminder counted (BILLING.md section 8). */
export async function acceptDelivery(tx: Tx, ref: MailRef & { response: string }): Promise<void> {
  const { companyId, deliveryId, response } = ref;
  const state = await lockSubject(tx, ref);
  if (state === undefined) return;
  const delivery = await lockDelivery(tx, { companyId, id: deliveryId });
  const now = state.testNow ?? ref.clock.now();

  await setDeliveryStatus(tx, { companyId, id: deliveryId, status: "accepted", now, response });
  if (delivery.status === "unknown") {
    const resolution = "the mail server took it";
    await settleAttention(tx, {
      companyId,
      kind: "mail.unknown",
      key: `${deliveryId}`,
      resolution,
    });
  }
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

/** The mail server said no for good, or the mail cannot be written. False when it has been moved away. */
export async function failDelivery(
  tx: Tx,
  ref: MailRef & { code: string; reason: string },
): Promise<boolean> {
  return await endDelivery(tx, ref, { status: "failed", code: ref.code, reason: ref.reason });
}

/** Nobody knows whether the mail arrived: it is not sent again, and a person is told. */
export async function doubtDelivery(tx: Tx, ref: MailRef & { reason: string }): Promise<void> {
  const { companyId, deliveryId, reason } = ref;
  const end = { status: "unknown", code: "unconfirmed", reason } as const;
  if (!(await endDelivery(tx, ref, end))) return;
  const delivery = await lockDelivery(tx, { companyId, id: deliveryId });
  const subject = subjectOf(delivery);
  await raiseAttention(tx, {
    companyId,
    kind: "mail.unknown",
    key: String(deliveryId),
    title: `It is not known whether the ${delivery.kind} mail for ${subject.subjectType} ${subject.subjectId} arrived: ${reason}`,
    ...subject,
  });
}

/** The mail is not wanted any more. */
async function cancelDelivery(tx: Tx, ref: MailRef & { reason: string }): Promise<void> {
  await endDelivery(tx, ref, { status: "cancelled", code: "cancelled", reason: ref.reason });
}

/** A try failed before the mail could have arrived: it is still to be sent, wherever it is now. */
export async function requeueDelivery(tx: Tx, ref: MailRef & { reason: string }): Promise<void> {
  const { companyId, deliveryId: id, reason } = ref;
  const state = await lockSubject(tx, ref);
  if (state === undefined) return;
  const delivery = await lockDelivery(tx, { companyId, id });
  if (delivery.status !== "sending" && delivery.status !== "queued") return;
  await setDeliveryStatus(tx, {
    companyId,
    id,
    status: "queued",
    now: state.testNow ?? ref.clock.now(),
    errorCode: "unavailable",
    errorMessage: reason,
  });
}

async function endDelivery(
  tx: Tx,
  ref: MailRef,
  end: { status: "failed" | "unknown" | "cancelled"; code: string; reason: string },
): Promise<boolean> {
  const { companyId, deliveryId } = ref;
  const state = await lockSubject(tx, ref);
  if (state === undefined) return false;
  const now = state.testNow ?? ref.clock.now();
  const delivery = await lockDelivery(tx, { companyId, id: deliveryId });
  await setDeliveryStatus(tx, {
    companyId,
    id: deliveryId,
    status: end.status,
    now,
    errorCode: end.code,
    errorMessage: end.reason,
  });
  if (delivery.invoiceReminderId !== null) {
    const { invoiceReminderId } = delivery;
    await endReminder(tx, {
      companyId,
      invoiceReminderId,
      status: end.status,
      reason: end.reason,
      now,
    });
  }
  return true;
}

/** A reminder that may have arrived counts like one that did. */
function later({ lastReminderAt }: MailStateRow, doubtfulAt: Date | null): Date | null {
  if (lastReminderAt === null || doubtfulAt === null) return lastReminderAt ?? doubtfulAt;
  return lastReminderAt > doubtfulAt ? lastReminderAt : doubtfulAt;
}

/** Why a mail must not go out, as things are now; undefined when it may. */
export async function whyNot(
  tx: Tx,
  {
    delivery,
    state,
    now,
  }: {
    delivery: Pick<DeliveryRow, "id" | "companyId" | "kind" | "resendOfId">;
    state: DocumentMailSubject;
    now: Date;
  },
): Promise<string | undefined> {
  if (state.about === "quote") return whyNotMailQuote(state);
  if (state.about === "statement") return state.isDeleted ? "the client was deleted" : undefined;
  if (delivery.kind === "receipt") return whyNotMailReceipt(state);
  if (delivery.kind !== "reminder") return whyNotMail(state);
  const doubtfulAt = await findDoubtfulReminderAt(tx, {
    companyId: delivery.companyId,
    invoiceId: state.invoiceId,
    exceptDeliveryId: delivery.id,
  });
  // One that went out is not queued any more; somebody wants it to go out again.
  const isRepeated = delivery.resendOfId !== null && state.reminderStatus === "sent";
  const reminderStatus = isRepeated ? "queued" : state.reminderStatus;
  return whyNotRemind({ ...state, reminderStatus, lastReminderAt: later(state, doubtfulAt) }, now);
}

/** A delivery is about one of the four, which the table sees to. */
async function lockSubject(tx: Tx, ref: MailRef): Promise<MailSubject | undefined> {
  const { companyId, deliveryId } = ref;
  return (
    (await lockMailState(tx, { companyId, deliveryId })) ??
    (await lockQuoteMail(tx, { companyId, deliveryId, machineNow: ref.clock.now() })) ??
    (await lockStatementMail(tx, { companyId, deliveryId })) ??
    (await lockInvitationMail(tx, { companyId, deliveryId }))
  );
}

function subjectOf(delivery: DeliveryRow): { subjectType: string; subjectId: number } {
  const { invoiceId, quoteId, statementId, invitationId } = delivery;
  if (invoiceId !== null) return { subjectType: "invoice", subjectId: invoiceId };
  if (quoteId !== null) return { subjectType: "quote", subjectId: quoteId };
  if (invitationId !== null) return { subjectType: "invitation", subjectId: invitationId };
  return { subjectType: "statement", subjectId: statementId! };
}
