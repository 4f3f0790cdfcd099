import { z } from "zod";
import { findExpense } from "../../../db/expenses.ts";
import { NotFound } from "../../../errors.ts";
import { answerStoredFile, storedFile } from "../../stored-files.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** GET /expenses/:id/receipt — the very bytes that were uploaded. */
export const getExpenseReceiptRoute = defineRoute({
  method: "get",
  path: "/expenses/:id/receipt",
  summary: "Download an expense receipt",
  description: "404 when there is none.",
  tag: "Expenses",
  access: { scope: "expenses:read" },
  params: z.object({ id: idParam }),
  answers: { 200: storedFile(["jpg", "png", "gif", "webp", "pdf"]) },
  failures: [502],

  async run({ sql, company, services, log }, { params }) {
    const expense = await findExpense(sql, { companyId: company.id, id: params.id });
    if (expense === undefined) throw new NotFound("Expense");
    if (expense.receiptPath === null) throw new NotFound("Receipt");
    const name = `receipt-${expense.id}`;
    return await answerStoredFile({ key: expense.receiptPath, name }, { services, log });
  },
});
