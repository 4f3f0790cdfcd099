import { z } from "zod";
import { moveRecurringInvoice } from "../../../actions/move-recurring-invoice.ts";
import { getRecurringInvoice } from "../../../db/recurring-invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { moveBody, openMove } from "../companies/open-move.ts";
import { answerRecurringInvoice, recurringInvoiceAnswer } from "./detail.ts";

/** POST /recurring-invoices/:id/move — the template; what was made of it stays. */
export const postRecurringMoveRoute = defineRoute({
  method: "post",
  path: "/recurring-invoices/:id/move",
  summary: "Move a recurring invoice to another company",
  description:
    "Moves the template, in one transaction. Its client is cleared, its lines name no services any more, " +
    "and the invoices it has made stay, without it. It is parked until it is given a client there. You " +
    "need to be at least a member of both companies.",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write", sessionOnly: true },
  params: z.object({ id: idParam }),
  body: moveBody,
  answers: { 200: recurringInvoiceAnswer },

  async run(context, { params, body }) {
    const sides = await openMove(context, {
      targetId: body.target_company_id,
      what: "Recurring invoice",
      find: async (companyId) =>
        await getRecurringInvoice(context.tx, { companyId, id: params.id }),
    });
    const series = await moveRecurringInvoice(context.tx, sides, { seriesId: params.id });
    return answerRecurringInvoice(series);
  },
});
