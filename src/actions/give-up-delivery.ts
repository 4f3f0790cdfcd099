import { listAbandonedMails } from "../db/abandoned-mails.ts";
import type { Tx } from "../db/client.ts";
import { lockDelivery, setDeliveryStatus, type DeliveryRow } from "../db/deliveries.ts";
import { requeueReminder } from "../db/mail-facts.ts";
import { DIED_MEANWHILE, lockSubject, type MailRef } from "./mail-subject.ts";
import { doubtDelivery, endDelivery } from "./settle-delivery.ts";

/** Says of a delivery that it ended with its run. */
const GIVEN_UP = "given_up";
/** Says of one that another mail was asked for in its place. */
const REPLACED = "replaced";

/**
 * Ends a delivery whose run has ended without sending it: tried for too long, cancelled, or lost. A
 * run that somebody has started again meanwhile keeps its delivery. False when there was nothing to end.
 */
export async function giveUpDelivery(tx: Tx, ref: MailRef): Promise<boolean> {
  const { companyId, deliveryId } = ref;
  const state = await lockSubject(tx, ref);
  if (state === undefined) return false;
  const delivery = await lockDelivery(tx, { companyId, id: deliveryId });
  // Asked once more now that nobody else can move it: a worker writes `sending` under the same lock.
  const [abandoned] = await listAbandonedMails(tx, { limit: 1, only: { companyId, deliveryId } });
  if (abandoned === undefined) return false;
  if (delivery.status === "sending") {
    const reason = DIED_MEANWHILE;
    await doubtDelivery(tx, { ...ref, attempts: delivery.attempts, reason });
    return true;
  }
  const isCancelled = abandoned.runStatus === "cancelled";
  const why = isCancelled ? "its run was cancelled" : "its run ended without sending it";
  const reason = delivery.errorMessage === null ? why : `${why}: ${delivery.errorMessage}`;
  const status = isCancelled ? "cancelled" : "failed";
  const now = state.testNow ?? ref.clock.now();
  await endDelivery(tx, { delivery, now }, { status, code: GIVEN_UP, reason });
  return true;
}

/**
 * Whether a delivery goes on should its run be started again: given up with it, or refused by the mail
 * server. Neither arrived, and whoever starts a dead run again has mended what was wrong.
 */
export function goesOnWithRun({ status, errorCode }: DeliveryRow): boolean {
  if (status === "cancelled") return errorCode === GIVEN_UP;
  return status === "failed" && errorCode !== REPLACED;
}

/** Somebody has started the run of a delivery again that ended without a mail: it waits as before. */
export async function takeUpDelivery(tx: Tx, delivery: DeliveryRow, now: Date): Promise<void> {
  const { companyId, id, invoiceReminderId } = delivery;
  await setDeliveryStatus(tx, { companyId, id, status: "queued", now });
  if (invoiceReminderId === null) return;
  await requeueReminder(tx, { companyId, invoiceReminderId, now });
}

/** Another mail was asked for in place of one that ended without, which stays so. */
export async function replaceDelivery(tx: Tx, delivery: DeliveryRow, now: Date): Promise<void> {
  const { companyId, id, status, errorMessage } = delivery;
  await setDeliveryStatus(tx, {
    companyId,
    id,
    status,
    now,
    errorCode: REPLACED,
    errorMessage: `${errorMessage}; it was sent again instead`,
  });
}
