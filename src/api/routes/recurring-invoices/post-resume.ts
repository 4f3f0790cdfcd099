import { z } from "zod";
import { resumeRecurringInvoice } from "../../../actions/resume-recurring-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerRecurringInvoice, recurringInvoiceAnswer } from "./detail.ts";

/** POST /recurring-invoices/:id/resume — what fell into the pause is recorded as skipped. */
export const postResumeRoute = defineRoute({
  method: "post",
  path: "/recurring-invoices/:id/resume",
  summary: "Resume a paused recurring invoice",
  description:
    "Goes on with the first of its dates that is today or later; those of the pause are recorded as " +
    "skipped. Only a paused one can be resumed (409).",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 200: recurringInvoiceAnswer },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    return answerRecurringInvoice(await resumeRecurringInvoice(tx, by, { seriesId: params.id }));
  },
});
