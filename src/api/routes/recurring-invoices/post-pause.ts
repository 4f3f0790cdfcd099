import { z } from "zod";
import { pauseRecurringInvoice } from "../../../actions/pause-recurring-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerRecurringInvoice, recurringInvoiceAnswer } from "./detail.ts";

/** POST /recurring-invoices/:id/pause — only an active one; its dates stay as they are. */
export const postPauseRoute = defineRoute({
  method: "post",
  path: "/recurring-invoices/:id/pause",
  summary: "Pause a recurring invoice",
  description: "Stops the nights from generating. Only an active one can be paused (409).",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 200: recurringInvoiceAnswer },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    return answerRecurringInvoice(await pauseRecurringInvoice(tx, by, { seriesId: params.id }));
  },
});
