import { z } from "zod";
import {
  changeRecurringInvoices,
  recurringBulkActions,
} from "../../../actions/change-recurring-invoices.ts";
import { bulkAnswer, bulkJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { bulkIds } from "../../inputs.ts";

/** POST /recurring-invoices/bulk-action — counts those it changed; the others are left as they are. */
export const postRecurringBulkActionRoute = defineRoute({
  method: "post",
  path: "/recurring-invoices/bulk-action",
  summary: "Bulk action on recurring invoices",
  description:
    "`activate` resumes paused ones, `pause` pauses active ones; `archive` and `delete` take any. Returns " +
    "the count of affected records; those it does not fit are passed over.",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  body: z.strictObject({ ids: bulkIds, action: z.enum(recurringBulkActions) }),
  answers: { 200: bulkJson },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const { affected, found } = await changeRecurringInvoices(tx, by, body);
    return bulkAnswer({ affected, asked: body.ids, found });
  },
});
