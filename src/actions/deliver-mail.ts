import { whyNotMail, whyNotMailReceipt, whyNotRemind } from "../billing/mail-rules.ts";
import { whyNotMailQuote } from "../billing/quote-statuses.ts";
import { reminderRestMs } from "../billing/reminders.ts";
import type { Tx } from "../db/client.ts";
import { lockDelivery, setDeliveryStatus, type DeliveryRow } from "../db/deliveries.ts";
import { setInvitationToken } from "../db/invitations.ts";
import { findDoubtfulReminderAt, type MailStateRow } from "../db/mail-facts.ts";
import { addressDelivery, NO_RECIPIENT, type AddressedDelivery } from "./address-delivery.ts";
import { whyNotMailInvitation } from "./change-invitations.ts";
import { goesOnWithRun, takeUpDelivery } from "./give-up-delivery.ts";
import { whyNotMailWebhook } from "./disable-webhook.ts";
import {
  DIED_MEANWHILE,
  lockSubject,
  type DocumentMailSubject,
  type MailRef,
  type MailSubject,
} from "./mail-subject.ts";
import { doubtDelivery, endDelivery, issueFreeDraft } from "./settle-delivery.ts";

export type OpenedDelivery =
  | { kind: "ready"; delivery: AddressedDelivery; state: MailSubject; now: Date }
  | { kind: "over"; reason: string }
  /** It may go out, but not before so many milliseconds have passed. */
  | { kind: "later"; waitMs: number; reason: string };

/** Every delivery is about something in its company, unless both went to another one (decision 0008). */
const MOVED = "what it is about was moved to another company, which sends it";
/** How often to look at a reminder that waits for its day, in milliseconds: it may be over meanwhile. */
const LOOK_AGAIN_MS = 3_600_000;

/**
 * Looks whether a mail is still to be sent, under lock, and to whom by now. Settled in the meantime:
 * it is cancelled. Nobody to write to any more: it is blocked. Given up with its run or refused, and
 * somebody has started the run again: it goes on. Left at `sending` by a worker that died: nobody can
 * know whether it arrived, and the record says so.
 */
export async function openDelivery(tx: Tx, ref: MailRef): Promise<OpenedDelivery> {
  const { companyId, deliveryId } = ref;
  const state = await lockSubject(tx, ref);
  if (state === undefined) return { kind: "over", reason: MOVED };
  const delivery = await lockDelivery(tx, { companyId, id: deliveryId });
  const now = state.testNow ?? ref.clock.now();

  if (delivery.status === "sending") {
    const reason = DIED_MEANWHILE;
    await doubtDelivery(tx, { ...ref, attempts: delivery.attempts, reason });
    return { kind: "over", reason };
  }
  if (goesOnWithRun(delivery)) {
    await takeUpDelivery(tx, delivery, now);
    return await openDelivery(tx, ref);
  }
  if (delivery.status !== "queued") {
    return { kind: "over", reason: `the mail is ${delivery.status} already` };
  }
  const reason =
    state.about === "invitation"
      ? whyNotMailInvitation(state, { key: delivery.key, machineNow: ref.clock.now() })
      : state.about === "webhook"
        ? whyNotMailWebhook(state, delivery.key)
        : whyNot({ delivery, state });
  if (reason !== undefined) {
    await endDelivery(tx, { delivery, now }, { status: "cancelled", code: "cancelled", reason });
    if (state.about === "invoice" && delivery.kind === "invoice") {
      await issueFreeDraft(tx, { companyId, state, now });
    }
    return { kind: "over", reason };
  }
  if (state.about === "invoice" && delivery.kind === "reminder") {
    const restMs = await findReminderRestMs(tx, { delivery, state, now });
    if (restMs > 0) {
      return { kind: "later", waitMs: Math.min(restMs, LOOK_AGAIN_MS), reason: TOO_SOON };
    }
  }
  const addressed = await addressDelivery(tx, { delivery, state, now });
  if (addressed !== undefined) return { kind: "ready", delivery: addressed, state, now };
  return { kind: "over", reason: NO_RECIPIENT };
}

/**
 * The last look, right before the mail server gets the last byte. From here on the mail may arrive, so
 * the record says `sending`. Not so when the mail is over, or when its record or its recipient changed
 * since it was written: a mail states what is owed (BILLING.md 7.2), its PDF what was billed, and
 * neither is anybody else's business.
 */
export async function commitDelivery(
  tx: Tx,
  ref: MailRef & {
    messageId: string;
    version: string;
    recipient: string;
    linkHash?: Buffer | undefined;
  },
): Promise<OpenedDelivery | { kind: "changed" }> {
  const opened = await openDelivery(tx, ref);
  if (opened.kind !== "ready") return opened;
  const { state, delivery, now } = opened;
  if (state.version !== ref.version || delivery.recipient !== ref.recipient) {
    return { kind: "changed" };
  }
  const { companyId, deliveryId: id, messageId, linkHash: tokenHash } = ref;
  if (state.about === "invitation" && tokenHash !== undefined) {
    await setInvitationToken(tx, { companyId, id: state.invitationId, tokenHash });
  }
  await setDeliveryStatus(tx, { companyId, id, status: "sending", now, messageId });
  return { ...opened, delivery: { ...delivery, attempts: delivery.attempts + 1 } };
}

/** Why a mail must not go out, as things are now; undefined when it may. */
export function whyNot({
  delivery,
  state,
}: {
  delivery: Pick<DeliveryRow, "kind" | "resendOfId">;
  state: DocumentMailSubject;
}): string | undefined {
  if (state.about === "quote") return whyNotMailQuote(state);
  if (state.about === "statement") return state.isDeleted ? "the client was deleted" : undefined;
  if (delivery.kind === "receipt") return whyNotMailReceipt(state);
  if (delivery.kind !== "reminder") return whyNotMail(state);
  // One that went out is not queued any more; somebody wants it to go out again.
  const isRepeated = delivery.resendOfId !== null && state.reminderStatus === "sent";
  return whyNotRemind({ ...state, reminderStatus: isRepeated ? "queued" : state.reminderStatus });
}

export const TOO_SOON = "another reminder went out less than 24 hours ago";

/** How long a reminder has to wait for the one before it, in milliseconds; 0 when it need not. */
export async function findReminderRestMs(
  tx: Tx,
  {
    delivery,
    state,
    now,
  }: {
    delivery: Pick<DeliveryRow, "id" | "companyId" | "resendOfId">;
    state: MailStateRow;
    now: Date;
  },
): Promise<number> {
  const { invoiceId, timezone } = state;
  const doubtfulAt = await findDoubtfulReminderAt(tx, {
    companyId: delivery.companyId,
    invoiceId,
    exceptDeliveryId: delivery.id,
  });
  const isByHand = delivery.resendOfId !== null;
  return reminderRestMs({ lastReminderAt: later(state, doubtfulAt), now, timezone, isByHand });
}

/** A reminder that may have arrived counts like one that did. */
function later({ lastReminderAt }: MailStateRow, doubtfulAt: Date | null): Date | null {
  if (lastReminderAt === null || doubtfulAt === null) return lastReminderAt ?? doubtfulAt;
  return lastReminderAt > doubtfulAt ? lastReminderAt : doubtfulAt;
}
