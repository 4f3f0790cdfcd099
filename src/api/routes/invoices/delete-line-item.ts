import { z } from "zod";
import { deleteInvoiceLine } from "../../../actions/change-invoice-lines.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /invoices/:id/line-items/:lineItemId — deleting a late fee waives it for good. */
export const deleteLineItemRoute = defineRoute({
  method: "delete",
  path: "/invoices/:id/line-items/:lineItemId",
  summary: "Delete a line item from an invoice",
  description: "Deleting a late fee waives it: it is not charged again.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam, lineItemId: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    await deleteInvoiceLine(tx, by, { invoiceId: params.id, lineId: params.lineItemId });
    return { status: 204 };
  },
});
