import { z } from "zod";
import { deleteRecurringLine } from "../../../actions/change-recurring-lines.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /recurring-invoices/:id/line-items/:lineItemId */
export const deleteRecurringLineItemRoute = defineRoute({
  method: "delete",
  path: "/recurring-invoices/:id/line-items/:lineItemId",
  summary: "Delete a line item from a recurring invoice",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  params: z.object({ id: idParam, lineItemId: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    await deleteRecurringLine(tx, by, { seriesId: params.id, lineId: params.lineItemId });
    return { status: 204 };
  },
});
