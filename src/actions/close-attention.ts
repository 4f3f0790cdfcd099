import { findDraftInDoubt, resolveAttention, type AttentionItemRow } from "../db/attention.ts";
import { recordAudit } from "../db/audit.ts";
import type { Tx } from "../db/client.ts";
import { Conflict, NotFound } from "../errors.ts";

/**
 * Closes an item because somebody looked at it. Throws `Conflict` for a mail of which nobody knows
 * whether it arrived while its invoice is a draft for that: closing the item would leave an invoice
 * that no night ever looks at, and nobody who knows.
 */
export async function closeAttention(
  tx: Tx,
  input: {
    companyId: number;
    id: number;
    userId: number;
    resolution: string;
    requestId: string;
  },
): Promise<AttentionItemRow> {
  const { companyId, id, userId, resolution, requestId } = input;
  const invoiceNumber = await findDraftInDoubt(tx, { companyId, id });
  if (invoiceNumber !== undefined) {
    throw new Conflict(
      `Invoice ${invoiceNumber} is still a draft, which no night looks at. Mark it as sent when its ` +
        "mail arrived, have it sent again when it did not, or void it: any of them closes this item.",
      { code: "still_draft" },
    );
  }
  const item = await resolveAttention(tx, { companyId, id, userId, resolution });
  if (item === undefined) throw new NotFound("Attention item");
  await recordAudit(tx, {
    companyId,
    userId,
    action: "attention.resolved",
    subjectType: "attention",
    subjectId: item.id,
    reason: resolution,
    requestId,
  });
  return item;
}
