import { z } from "zod";
import { changeExpenses } from "../../../actions/change-expenses.ts";
import { NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** POST /expenses/:id/unarchive — takes it back among the others. */
export const postExpenseUnarchiveRoute = defineRoute({
  method: "post",
  path: "/expenses/:id/unarchive",
  summary: "Unarchive an expense",
  tag: "Expenses",
  access: { scope: "expenses:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const { found } = await changeExpenses(tx, by, { ids: [params.id], action: "unarchive" });
    if (found.length === 0) throw new NotFound("Expense");
    return { status: 204 };
  },
});
