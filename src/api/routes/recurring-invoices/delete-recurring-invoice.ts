import { z } from "zod";
import { deleteRecurringInvoice } from "../../../actions/delete-recurring-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /recurring-invoices/:id — the invoices made from it stay. */
export const deleteRecurringInvoiceRoute = defineRoute({
  method: "delete",
  path: "/recurring-invoices/:id",
  summary: "Delete a recurring invoice",
  description: "Nothing more is generated. The invoices made from it stay.",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    await deleteRecurringInvoice(tx, by, { seriesId: params.id });
    return { status: 204 };
  },
});
