import { z } from "zod";
import { changeInvoices, invoiceBulkActions } from "../../../actions/change-invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { bulkIds } from "../../inputs.ts";

/** POST /invoices/bulk-action — counts those it changed; the others are left as they are. */
export const postBulkActionRoute = defineRoute({
  method: "post",
  path: "/invoices/bulk-action",
  summary: "Bulk action on invoices",
  description:
    "`mark-sent` and `delete` change drafts only. Invoices that are not there, or already so, are passed over.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  body: z.strictObject({ ids: bulkIds, action: z.enum(invoiceBulkActions) }),
  answers: { 200: z.object({ data: z.object({ affected: z.int() }) }) },

  async run({ tx, company, user, now }, { body }) {
    const by = { company, causerId: user.id, now };
    const affected = await changeInvoices(tx, by, body);
    return { status: 200, body: { data: { affected } } };
  },
});
