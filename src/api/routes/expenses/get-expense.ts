import { z } from "zod";
import { findExpense } from "../../../db/expenses.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { expenseAnswer, presentExpense } from "./schema.ts";

/** GET /expenses/:id */
export const getExpenseRoute = defineRoute({
  method: "get",
  path: "/expenses/:id",
  summary: "Get an expense",
  tag: "Expenses",
  access: { scope: "expenses:read" },
  params: z.object({ id: idParam }),
  answers: { 200: expenseAnswer },

  async run({ sql, company }, { params }) {
    const expense = await findExpense(sql, { companyId: company.id, id: params.id });
    if (expense === undefined) throw new NotFound("Expense");
    return { status: 200, body: { data: presentExpense(expense) }, version: expense };
  },
});
