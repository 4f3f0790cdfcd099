import { z } from "zod";
import { changeExpenses, expenseBulkActions } from "../../../actions/change-expenses.ts";
import { bulkAnswer, bulkJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { bulkIds } from "../../inputs.ts";

/** POST /expenses/bulk-action — all or nothing; ids that are not there are named, not counted. */
export const postExpensesBulkActionRoute = defineRoute({
  method: "post",
  path: "/expenses/bulk-action",
  summary: "Bulk action on expenses",
  description:
    "Actions: archive, unarchive, delete. Returns the count of affected records. An expense on an invoice " +
    "cannot be deleted (409, and nothing is done).",
  tag: "Expenses",
  access: { scope: "expenses:write" },
  body: z.strictObject({ ids: bulkIds, action: z.enum(expenseBulkActions) }),
  answers: { 200: bulkJson },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const { found, affected } = await changeExpenses(tx, by, body);
    return bulkAnswer({ affected, asked: body.ids, found });
  },
});
