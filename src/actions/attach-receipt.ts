import type { Tx } from "../db/client.ts";
import { updateExpenseRow, type ExpenseRow } from "../db/expenses.ts";
import { claimFile, discardFile } from "../db/files-to-delete.ts";
import type { Acting } from "./acting.ts";
import { recordExpenseEvent } from "./expense-events.ts";
import type { UploadedFile } from "./uploaded-file.ts";

/** Makes a file the receipt of a locked expense, billed or not; the one it had is deleted. */
export async function attachReceipt(
  tx: Tx,
  by: Acting,
  { expense, file }: { expense: ExpenseRow; file: UploadedFile },
): Promise<ExpenseRow> {
  const companyId = by.company.id;
  await claimFile(tx, { companyId, key: file.key });
  if (expense.receiptPath !== null) {
    await discardFile(tx, { companyId, key: expense.receiptPath });
  }
  const key = { companyId, id: expense.id, now: by.now };
  const changed = await updateExpenseRow(tx, key, { receiptPath: file.key });
  await recordExpenseEvent(tx, by, "expense.receipt-uploaded", changed, {
    kind: file.kind,
    bytes: file.content.length,
    sha256: file.digest,
  });
  return changed;
}
