import type { Tx } from "../db/client.ts";
import { lockExpenses, updateExpenseRow, type ExpenseRow } from "../db/expenses.ts";
import { discardFile } from "../db/files-to-delete.ts";
import { Conflict, NotFound } from "../errors.ts";
import type { Acting } from "./acting.ts";
import { recordExpenseEvent } from "./expense-events.ts";

export const expenseBulkActions = ["archive", "unarchive", "delete"] as const;
export type ExpenseBulkAction = (typeof expenseBulkActions)[number];

/** The expense, locked. Throws `NotFound`. */
export async function lockExpense(
  tx: Tx,
  key: { companyId: number; id: number },
): Promise<ExpenseRow> {
  const [expense] = await lockExpenses(tx, { companyId: key.companyId, ids: [key.id] });
  if (expense === undefined) throw new NotFound("Expense");
  return expense;
}

/**
 * Does one thing to many expenses in one transaction. Those that are so already are passed over.
 * Returns the ids it found and how many it changed. Throws `Conflict` when one that an invoice bills
 * would be deleted; then nothing is done.
 */
export async function changeExpenses(
  tx: Tx,
  by: Acting,
  { ids, action }: { ids: readonly number[]; action: ExpenseBulkAction },
): Promise<{ found: number[]; affected: number }> {
  const expenses = await lockExpenses(tx, { companyId: by.company.id, ids });
  const concerned = expenses.filter(
    ({ isArchived }) => action === "delete" || isArchived !== (action === "archive"),
  );
  for (const expense of concerned) {
    if (action === "delete") await deleteExpense(tx, by, expense);
    else await archiveExpense(tx, by, expense, action === "archive");
  }
  return { found: expenses.map((expense) => expense.id), affected: concerned.length };
}

/** Throws `Conflict` when an invoice bills it: voiding or deleting the invoice, or the line, frees it. */
export function refuseBilledExpense({ id, invoiceId }: ExpenseRow): void {
  if (invoiceId === null) return;
  throw new Conflict(
    `Expense ${id} is billed on invoice ${invoiceId}; take it off that invoice first.`,
    { code: "expense_billed" },
  );
}

async function archiveExpense(
  tx: Tx,
  by: Acting,
  expense: ExpenseRow,
  isArchived: boolean,
): Promise<void> {
  const key = { companyId: by.company.id, id: expense.id, now: by.now };
  const changed = await updateExpenseRow(tx, key, { isArchived });
  await recordExpenseEvent(tx, by, isArchived ? "expense.archived" : "expense.unarchived", changed);
}

async function deleteExpense(tx: Tx, by: Acting, expense: ExpenseRow): Promise<void> {
  refuseBilledExpense(expense);
  const key = { companyId: by.company.id, id: expense.id, now: by.now };
  const deleted = await updateExpenseRow(tx, key, { deletedAt: by.now, receiptPath: null });
  if (expense.receiptPath !== null) {
    await discardFile(tx, { companyId: by.company.id, key: expense.receiptPath });
  }
  await recordExpenseEvent(tx, by, "expense.deleted", deleted);
}
