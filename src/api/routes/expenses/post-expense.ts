import { createExpense } from "../../../actions/save-expense.ts";
import { defineRoute } from "../../define-route.ts";
import { expenseAnswer, expenseBody, expenseInput, presentExpense } from "./schema.ts";

/** POST /expenses — an expense of the caller's. */
export const postExpenseRoute = defineRoute({
  method: "post",
  path: "/expenses",
  summary: "Create an expense",
  description:
    "`amount` is without tax, in minor units of `currency`, which is the company's unless given. `tax_rate` " +
    "is basis points; `tax_amount` left out follows from it. Without `client_id` the client is the project's.",
  tag: "Expenses",
  access: { scope: "expenses:write" },
  body: expenseBody,
  answers: { 201: expenseAnswer },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const expense = await createExpense(tx, by, { userId: user.id, ...expenseInput(body) });
    return {
      status: 201,
      body: { data: presentExpense(expense) },
      headers: { Location: `/api/v1/expenses/${expense.id}` },
      version: expense,
    };
  },
});
