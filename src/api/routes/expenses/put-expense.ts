import { z } from "zod";
import { lockExpense } from "../../../actions/change-expenses.ts";
import { updateExpense } from "../../../actions/save-expense.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import {
  expenseAnswer,
  expenseChanges,
  expenseInput,
  expenseRequired,
  presentExpense,
} from "./schema.ts";

/** PUT and PATCH /expenses/:id */
export const putExpenseRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  putRequires: expenseRequired,
  path: "/expenses/:id",
  summary: "Update an expense",
  description:
    "Keys left out stay as they are; null clears. `tax_amount` left out is worked out anew when amount or " +
    "rate is another. An expense on an invoice takes another category, vendor, description and reference " +
    "only (409).",
  tag: "Expenses",
  access: { scope: "expenses:write" },
  params: z.object({ id: idParam }),
  body: expenseChanges,
  answers: { 200: expenseAnswer },

  async run({ tx, company, user, now }, { params, body }) {
    const before = await lockExpense(tx, { companyId: company.id, id: params.id });
    const by = { company, causerId: user.id, now };
    const expense = await updateExpense(tx, by, before, expenseInput(body));
    return { status: 200, body: { data: presentExpense(expense) }, version: expense };
  },
});
