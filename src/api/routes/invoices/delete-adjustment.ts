import { z } from "zod";
import { deleteAdjustment } from "../../../actions/change-adjustments.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /invoices/:id/adjustments/:adjustmentId — the invoice's total follows. */
export const deleteAdjustmentRoute = defineRoute({
  method: "delete",
  path: "/invoices/:id/adjustments/:adjustmentId",
  summary: "Delete an adjustment of an invoice",
  description:
    "409 when the invoice is paid or cancelled, more of it is paid than it would come to, or its total " +
    "would be negative.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam, adjustmentId: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const { id: invoiceId, adjustmentId: id } = params;
    await deleteAdjustment(tx, by, { invoiceId, id });
    return { status: 204 };
  },
});
