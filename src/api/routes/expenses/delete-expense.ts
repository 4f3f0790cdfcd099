import { z } from "zod";
import { changeExpenses, lockExpense } from "../../../actions/change-expenses.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /expenses/:id — unless an invoice bills it. */
export const deleteExpenseRoute = defineRoute({
  method: "delete",
  path: "/expenses/:id",
  summary: "Delete an expense",
  description: "Its receipt goes with it. An expense on an invoice cannot be deleted (409).",
  tag: "Expenses",
  access: { scope: "expenses:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const expense = await lockExpense(tx, { companyId: company.id, id: params.id });
    const by = { company, causerId: user.id, now };
    await changeExpenses(tx, by, { ids: [expense.id], action: "delete" });
    return { status: 204 };
  },
});
