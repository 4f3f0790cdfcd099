import type { Route } from "../define-route.ts";
import { deleteExpenseRoute } from "./expenses/delete-expense.ts";
import { getExpenseRoute } from "./expenses/get-expense.ts";
import { getExpenseReceiptRoute } from "./expenses/get-receipt.ts";
import { getExpensesRoute } from "./expenses/get-expenses.ts";
import { postExpenseArchiveRoute } from "./expenses/post-archive.ts";
import { postExpensesBulkActionRoute } from "./expenses/post-bulk-action.ts";
import { postExpenseRoute } from "./expenses/post-expense.ts";
import { postExpenseReceiptRoute } from "./expenses/post-receipt.ts";
import { postExpenseUnarchiveRoute } from "./expenses/post-unarchive.ts";
import { putExpenseRoute } from "./expenses/put-expense.ts";
import { postImportExpensesRoute } from "./invoices/post-import-expenses.ts";

/** What a company spends, and how it is billed on. */
export const expenseRoutes: readonly Route[] = [
  // Before /expenses/:id, which would take it for an id.
  postExpensesBulkActionRoute,
  getExpensesRoute,
  postExpenseRoute,
  getExpenseRoute,
  putExpenseRoute,
  deleteExpenseRoute,
  postExpenseArchiveRoute,
  postExpenseUnarchiveRoute,
  postExpenseReceiptRoute,
  getExpenseReceiptRoute,
  postImportExpensesRoute,
];
