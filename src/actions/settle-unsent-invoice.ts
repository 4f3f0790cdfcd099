import { settleAttention, settleInvoiceDoubts } from "../db/attention.ts";
import type { Tx } from "../db/client.ts";
import type { Acting } from "./acting.ts";

/** Nobody need look any more at mails about an invoice that is over, and could go to nobody. */
export async function settleOverInvoice(
  tx: Tx,
  by: Acting,
  { invoiceId, resolution }: { invoiceId: number; resolution: string },
): Promise<void> {
  await settleUnsentInvoice(tx, by, { invoiceId, resolution });
  await settleAttention(tx, {
    companyId: by.company.id,
    kind: "reminder.no-recipient",
    key: String(invoiceId),
    resolution,
  });
}

/**
 * Nobody need look any more at an invoice that could be sent to nobody, or whose mail may or may not
 * have arrived: `resolution` says why.
 */
export async function settleUnsentInvoice(
  tx: Tx,
  by: Acting,
  { invoiceId, resolution }: { invoiceId: number; resolution: string },
): Promise<void> {
  const companyId = by.company.id;
  await settleAttention(tx, {
    companyId,
    kind: "invoice.no-recipient",
    key: String(invoiceId),
    resolution,
  });
  await settleInvoiceDoubts(tx, { companyId, invoiceId, resolution });
}
