import type { Tx } from "../db/client.ts";
import { lockCredits, updateCreditRow, type CreditRow } from "../db/credits.ts";
import type { Acting } from "./acting.ts";
import { recordCreditEvent } from "./credit-events.ts";

export const creditBulkActions = ["archive", "unarchive", "delete"] as const;
export type CreditBulkAction = (typeof creditBulkActions)[number];

/**
 * Does one thing to many credits in one transaction. Those it does not apply to are passed over: a
 * credit of which something was used is part of an invoice's story, and is not deleted. Returns how
 * many it changed.
 */
export async function changeCredits(
  tx: Tx,
  by: Acting,
  { ids, action }: { ids: readonly number[]; action: CreditBulkAction },
): Promise<number> {
  const credits = await lockCredits(tx, { companyId: by.company.id, ids });
  const concerned = credits.filter((credit) => concerns(action, credit));
  for (const credit of concerned) {
    if (action !== "delete") await archiveCredit(tx, by, credit, action === "archive");
    else {
      await updateCreditRow(tx, credit, { deletedAt: by.now, updatedAt: by.now });
      await recordCreditEvent(tx, by, "credit.deleted", credit);
    }
  }
  return concerned.length;
}

/** Puts a locked credit away, or takes it back. Doing it again changes nothing. */
export async function archiveCredit(
  tx: Tx,
  by: Acting,
  credit: CreditRow,
  isArchived: boolean,
): Promise<void> {
  if (credit.isArchived === isArchived) return;
  const changed = await updateCreditRow(tx, credit, { isArchived, updatedAt: by.now });
  await recordCreditEvent(tx, by, isArchived ? "credit.archived" : "credit.unarchived", changed);
}

function concerns(action: CreditBulkAction, credit: CreditRow): boolean {
  if (action === "delete") return credit.remaining === credit.amount;
  return credit.isArchived !== (action === "archive");
}
