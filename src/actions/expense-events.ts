import type { Tx } from "../db/client.ts";
import { recordEvent } from "../db/events.ts";
import type { ExpenseRow } from "../db/expenses.ts";
import type { Acting } from "./acting.ts";

/** Leaves an event about an expense, with what it is now. Money in minor units. */
export async function recordExpenseEvent(
  tx: Tx,
  by: Acting,
  type: string,
  expense: ExpenseRow,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await recordEvent(tx, {
    companyId: by.company.id,
    type,
    subjectType: "expense",
    subjectId: expense.id,
    causerId: by.causerId,
    occurredAt: by.now,
    payload: {
      user_id: expense.userId,
      client_id: expense.clientId,
      project_id: expense.projectId,
      category: expense.category,
      amount: expense.amount,
      tax_amount: expense.taxAmount,
      currency: expense.currency,
      expense_date: expense.expenseDate,
      is_billable: expense.isBillable,
      has_receipt: expense.receiptPath !== null,
      ...facts,
    },
  });
}
