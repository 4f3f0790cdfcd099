import type { MailKind } from "../billing/message-ids.ts";
import { settleAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { insertDeliveries, type DeliveryRow, type NewDelivery } from "../db/deliveries.ts";
import type { InvoiceRow } from "../db/invoices.ts";
import { Conflict } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { goesOnWithRun, replaceDelivery } from "./give-up-delivery.ts";
import { recordInvoiceEvent } from "./invoice-events.ts";

export type InvoiceMailKind = Exclude<MailKind, "quote" | "statement" | "invitation" | "webhook">;

/** The events that the mailers of these mails follow. */
const REQUESTS: Readonly<Record<InvoiceMailKind, string>> = {
  invoice: "invoice.send-requested",
  reminder: "invoice.reminder-due",
  receipt: "payment.receipt-requested",
};

/**
 * Asks for one mail about a locked invoice: its delivery record, and the event its mailer follows.
 * Where nobody can be written to, the delivery is blocked, and there is no event.
 */
export async function requestMail(
  tx: Tx,
  by: Acting,
  invoice: InvoiceRow,
  mail: NewDelivery & { kind: InvoiceMailKind },
): Promise<DeliveryRow> {
  const [delivery] = await insertDeliveries(tx, {
    companyId: by.company.id,
    now: by.now,
    rows: [{ ...mail, invoiceId: invoice.id }],
  });
  // The invoice is locked, so nobody else has taken the key meanwhile.
  if (delivery === undefined) throw new Error(`there is a mail ${mail.kind} ${mail.key} already`);
  if (delivery.status === "queued") {
    await recordInvoiceEvent(tx, by, REQUESTS[mail.kind], invoice, {
      delivery_id: delivery.id,
      ...(mail.paymentId === undefined ? {} : { payment_id: mail.paymentId }),
      ...(mail.resendOfId === undefined ? {} : { resend_of_id: mail.resendOfId }),
    });
  }
  return delivery;
}

/**
 * The one of these mails that is still on its way: whoever asks for it again asked for that one. When
 * there is none, another will be sent: those that ended without stay so, whatever becomes of their runs.
 */
export async function findPendingMail(
  tx: Tx,
  by: Acting,
  mails: readonly DeliveryRow[],
): Promise<DeliveryRow | undefined> {
  const pending = mails.findLast(({ status }) => status === "queued" || status === "sending");
  if (pending !== undefined) return pending;
  for (const mail of mails.filter(goesOnWithRun)) await replaceDelivery(tx, mail, by.now);
  return undefined;
}

/**
 * Throws `Conflict` while one of these mails is being handed to the mail server: until it says what
 * became of it, what was mailed to one client must not become another's. One that only waits goes to
 * whoever is the client by then.
 */
export function checkNotLeaving(what: string, mails: readonly DeliveryRow[]): void {
  if (mails.every(({ status }) => status !== "sending")) return;
  throw new Conflict(
    `${what} is being mailed at this moment: its client can be changed in a minute.`,
    { code: "mail_leaving" },
  );
}

/** Nobody need look any more at a receipt that could go to nobody: `resolution` says why. */
export async function settleUnsentReceipt(
  tx: Tx,
  by: Acting,
  { paymentId, resolution }: { paymentId: number; resolution: string },
): Promise<void> {
  await settleAttention(tx, {
    companyId: by.company.id,
    kind: "receipt.no-recipient",
    key: String(paymentId),
    resolution,
  });
}
