import { raiseAttention } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import { setDeliveryRecipient, type DeliveryRow } from "../db/deliveries.ts";
import { findRecipient } from "../db/invoice-references.ts";
import { nameOf, subjectOf, type MailSubject } from "./mail-subject.ts";
import { endDelivery } from "./settle-delivery.ts";

/** A delivery that has somebody to go to. */
export type AddressedDelivery = DeliveryRow & { recipient: string };

export const NO_RECIPIENT = "the client has no email address";

/**
 * Sends a locked delivery to where its client's mail goes by now: to another client, or another
 * address, since it was asked for. Undefined when there is none: it is blocked, and a person is told.
 */
export async function addressDelivery(
  tx: Tx,
  { delivery, state, now }: { delivery: DeliveryRow; state: MailSubject; now: Date },
): Promise<AddressedDelivery | undefined> {
  const { companyId, id } = delivery;
  const recipient = await recipientOf(tx, delivery, state);
  if (recipient !== undefined) {
    if (recipient !== delivery.recipient) {
      await setDeliveryRecipient(tx, { companyId, id, recipient, now });
    }
    return { ...delivery, recipient };
  }
  const end = { status: "blocked", code: "no_recipient", reason: NO_RECIPIENT } as const;
  await endDelivery(tx, { delivery, now }, end);
  const item = itemOf(delivery, state);
  if (item === undefined) return undefined;
  const subject = subjectOf(delivery);
  const about = await nameOf(tx, { delivery, now });
  const title = `The ${delivery.kind} mail for ${about} was not sent: ${NO_RECIPIENT} any more`;
  await raiseAttention(tx, { companyId, ...item, key: String(item.key), title, ...subject });
  return undefined;
}

async function recipientOf(
  tx: Tx,
  { companyId, recipient }: DeliveryRow,
  state: MailSubject,
): Promise<string | undefined> {
  if (state.about === "invitation") return state.email;
  // To whom it was addressed: somebody who ran the company when the webhook was disabled.
  if (state.about === "webhook") return recipient ?? undefined;
  return await findRecipient(tx, { companyId, clientId: state.clientId });
}

/** The attention item of a mail that can go to nobody. */
function itemOf(
  delivery: DeliveryRow,
  state: MailSubject,
): { kind: string; key: number } | undefined {
  switch (state.about) {
    case "invoice":
      if (delivery.kind === "reminder") {
        return { kind: "reminder.no-recipient", key: state.invoiceId };
      }
      return state.paymentId === null
        ? { kind: "invoice.no-recipient", key: state.invoiceId }
        : { kind: "receipt.no-recipient", key: state.paymentId };
    case "quote":
      return { kind: "quote.no-recipient", key: state.quoteId };
    case "statement":
      return { kind: "statement.no-recipient", key: state.clientId };
    case "invitation":
    case "webhook":
      // It is addressed to whom it invites, or tells.
      return undefined;
  }
}
