import { invoiceMailKey } from "../billing/message-ids.ts";
import type { Tx } from "../db/client.ts";
import { insertDeliveries, type DeliveryRow } from "../db/deliveries.ts";
import { recordEvents } from "../db/events.ts";
import { raiseNightFindings } from "../db/night-attention.ts";

export interface InvoiceMail {
  invoiceId: number;
  invoiceNumber: string;
  recipient: string | null;
}

/**
 * Asks for new invoices to be mailed: a delivery record each, and the event the mailer follows. Where
 * nobody can be written to, the delivery is blocked and a person is told; nothing is retried.
 */
export async function requestInvoiceMails(
  tx: Tx,
  {
    companyId,
    now,
    mails,
    causerId,
  }: {
    companyId: number;
    now: Date;
    mails: readonly InvoiceMail[];
    causerId?: number | null;
  },
): Promise<DeliveryRow[]> {
  const numbers = new Map(mails.map((mail) => [mail.invoiceId, mail.invoiceNumber]));
  const deliveries = await insertDeliveries(tx, {
    companyId,
    now,
    rows: mails.map(({ invoiceId, recipient }) => ({
      kind: "invoice",
      key: invoiceMailKey(invoiceId, 1),
      invoiceId,
      recipient,
    })),
  });
  await recordEvents(
    tx,
    companyId,
    deliveries
      .filter((delivery) => delivery.status === "queued")
      .map((delivery) => ({
        type: "invoice.send-requested",
        subjectType: "invoice",
        subjectId: delivery.invoiceId!,
        payload: { delivery_id: delivery.id },
        causerId: causerId ?? null,
        occurredAt: now,
      })),
  );
  await raiseNightFindings(
    tx,
    companyId,
    deliveries
      .filter(({ status }) => status === "blocked")
      .map(({ invoiceId }) => ({
        kind: "invoice.no-recipient",
        key: String(invoiceId),
        title: `Invoice ${numbers.get(invoiceId!)} was not sent: its client has no email address`,
        subjectType: "invoice",
        subjectId: invoiceId!,
      })),
  );
  return deliveries;
}
