import { invoiceMailKey, receiptMailKey, reminderMailKey } from "../billing/message-ids.ts";
import { settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { listInvoiceDeliveries, type DeliveryRow, type NewDelivery } from "../db/deliveries.ts";
import { lockInvoice } from "../db/invoices.ts";
import { lockMailState, requeueReminder, type MailStateRow } from "../db/mail-facts.ts";
import { Conflict, NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { findReminderRestMs, TOO_SOON, whyNot } from "./deliver-mail.ts";
import {
  findPendingMail,
  requestMail,
  settleUnsentReceipt,
  type InvoiceMailKind,
} from "./request-mail.ts";
import { getRecipient } from "./send-quote.ts";
import { settleUnsentInvoice } from "./settle-unsent-invoice.ts";

/**
 * Asks for a mail about an invoice to go out once more, whatever became of it: to where the client's
 * mail goes now, with the figures of the moment it is sent. The same mail still on its way counts.
 * Throws `Conflict` when it may not go out: the invoice was voided, the payment of a receipt deleted,
 * a reminder is not due any more or another one went out within 24 hours (BILLING.md 7.2).
 */
export async function resendDispatch(
  tx: Tx,
  by: Acting,
  { invoiceId, dispatchId }: { invoiceId: number; dispatchId: number },
): Promise<DeliveryRow> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  const mails = await listInvoiceDeliveries(tx, { companyId, invoiceId });
  const dispatch = mails.find((mail) => mail.id === dispatchId);
  if (dispatch === undefined) throw new NotFound("Dispatch");
  const same = mails.filter((mail) => isSameMail(mail, dispatch));
  const pending = await findPendingMail(tx, by, same);
  if (pending !== undefined) return pending;

  const state = await lockMailState(tx, { companyId, deliveryId: dispatchId });
  if (state === undefined) throw new NotFound("Dispatch");
  await checkResendable(tx, by, dispatch, state);
  const recipient = await getRecipient(tx, { companyId, clientId: invoice.clientId });
  await settle(tx, by, dispatch);
  if (dispatch.invoiceReminderId !== null && state.reminderStatus !== "sent") {
    const { invoiceReminderId } = dispatch;
    await requeueReminder(tx, { companyId, invoiceReminderId, now: by.now });
  }
  return await requestMail(tx, by, invoice, {
    ...nextOf(dispatch, invoiceId, same.length + 1),
    resendOfId: dispatchId,
    recipient,
  });
}

/** Whether two mails about one invoice say the same: both the invoice, or one reminder, or one receipt. */
function isSameMail(one: DeliveryRow, other: DeliveryRow): boolean {
  return (
    one.kind === other.kind &&
    one.invoiceReminderId === other.invoiceReminderId &&
    one.paymentId === other.paymentId
  );
}

async function checkResendable(
  tx: Tx,
  by: Acting,
  dispatch: DeliveryRow,
  state: MailStateRow,
): Promise<void> {
  // Asked as of a mail that is not there yet, about a reminder that waits.
  const delivery = { ...dispatch, id: 0, resendOfId: dispatch.id };
  const reason =
    state.reminderStatus === "superseded"
      ? "a later reminder took its place"
      : whyNot({
          delivery,
          state: { ...state, reminderStatus: state.reminderStatus === null ? null : "queued" },
        });
  const isTooSoon =
    dispatch.kind === "reminder" &&
    (await findReminderRestMs(tx, { delivery, state, now: by.now })) > 0;
  const obstacle = reason ?? (isTooSoon ? TOO_SOON : undefined);
  if (obstacle !== undefined) throw new Conflict(`This cannot be sent again: ${obstacle}.`);
}

/** Whoever has it sent again has looked at what was wrong with it. */
async function settle(tx: Tx, by: Acting, dispatch: DeliveryRow): Promise<void> {
  const resolution = "it was sent again";
  const { id, kind, invoiceId, paymentId } = dispatch;
  await settleAttention(tx, {
    companyId: by.company.id,
    kind: "mail.unknown",
    key: String(id),
    resolution,
  });
  if (kind === "invoice" && invoiceId !== null) {
    await settleUnsentInvoice(tx, by, { invoiceId, resolution });
  }
  if (paymentId !== null) await settleUnsentReceipt(tx, by, { paymentId, resolution });
}

function nextOf(
  { kind, invoiceReminderId, paymentId }: DeliveryRow,
  invoiceId: number,
  sending: number,
): Omit<NewDelivery, "recipient"> & { kind: InvoiceMailKind } {
  if (invoiceReminderId !== null) {
    const key = reminderMailKey(invoiceReminderId, sending);
    return { kind: "reminder", key, invoiceReminderId };
  }
  if (kind === "receipt" && paymentId !== null) {
    return { kind: "receipt", key: receiptMailKey(paymentId, sending), paymentId };
  }
  return { kind: "invoice", key: invoiceMailKey(invoiceId, sending) };
}
