import type { Tx } from "../db/client.ts";
import { listInvoiceDeliveries, setDeliveryStatus, type DeliveryRow } from "../db/deliveries.ts";
import { findRecipient } from "../db/invoice-references.ts";
import { lockInvoice, type InvoiceRow } from "../db/invoices.ts";
import { Conflict, InvalidInput } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { issueInvoice } from "./issue-invoice.ts";
import { requestInvoiceMails } from "./request-invoice-mails.ts";
import { settleUnsentInvoice } from "./settle-unsent-invoice.ts";

/** Longer than a mail is tried for (mail.send-invoice): one that still waits was given up. */
const GIVEN_UP_MS = 4 * 86_400_000;

/**
 * Asks for an invoice to be mailed; the mailer follows the event. A draft stays one until the mail
 * server took the mail: nothing is shown as sent that was not (BILLING.md 8). An open invoice is
 * mailed again, unless its last mail is still on its way: that one counts, for four days. An invoice over nothing is
 * finalised as paid, without a mail. Throws `InvalidInput` when the client has no address,
 * `Conflict` when the invoice is paid or cancelled.
 */
export async function sendInvoice(
  tx: Tx,
  by: Acting,
  { invoiceId }: { invoiceId: number },
): Promise<{ invoice: InvoiceRow; delivery: DeliveryRow | undefined }> {
  const companyId = by.company.id;
  const invoice = await lockInvoice(tx, { companyId, id: invoiceId });
  if (invoice.status === "paid" || invoice.status === "cancelled") {
    throw new Conflict(`Invoice ${invoice.invoiceNumber} is ${invoice.status} and cannot be sent.`);
  }
  if (invoice.status === "draft" && invoice.total === 0n) {
    return { invoice: await issueInvoice(tx, by, invoice), delivery: undefined };
  }
  const recipient = await findRecipient(tx, { companyId, clientId: invoice.clientId });
  if (recipient === undefined) {
    throw new InvalidInput(
      { client: ["The client has no email address."] },
      { code: "no_recipient" },
    );
  }
  const mails = (await listInvoiceDeliveries(tx, { companyId, invoiceId })).filter(
    (delivery) => delivery.kind === "invoice",
  );
  const pending = mails.findLast(({ status }) => status === "queued" || status === "sending");
  if (pending !== undefined) {
    const isGivenUp =
      pending.status === "queued" && by.now.getTime() - pending.createdAt.getTime() > GIVEN_UP_MS;
    if (!isGivenUp) return { invoice, delivery: pending };
    await setDeliveryStatus(tx, {
      companyId,
      id: pending.id,
      status: "cancelled",
      now: by.now,
      errorCode: "given_up",
      errorMessage: "the mail server could not be reached for days; it was sent again instead",
    });
  }

  const [delivery] = await requestInvoiceMails(tx, {
    companyId,
    now: by.now,
    causerId: by.causerId,
    mails: [
      {
        invoiceId,
        invoiceNumber: invoice.invoiceNumber,
        sending: mails.length + 1,
        recipient,
      },
    ],
  });
  await settleUnsentInvoice(tx, by, { invoiceId, resolution: "it was sent" });
  return { invoice, delivery };
}
