import { z } from "zod";
import { generateInvoiceNow } from "../../../actions/generate-invoice-now.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "../invoices/detail.ts";

/** POST /recurring-invoices/:id/generate — the next occurrence, as an invoice of today. */
export const postGenerateRoute = defineRoute({
  method: "post",
  path: "/recurring-invoices/:id/generate",
  summary: "Manually generate an invoice from a recurring invoice",
  description:
    "Makes the next occurrence now, whenever it is due, and moves the series on to the one after it. " +
    "422 when the maximum or the end is reached, or there is nothing to bill.",
  tag: "Recurring invoices",
  access: { scope: "recurring-invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 201: invoiceWithLinesAnswer },

  async run(context, { params }) {
    const { tx, company, user, now } = context;
    const by = { company, causerId: user.id, now };
    const invoice = await generateInvoiceNow(tx, by, { seriesId: params.id });
    return { ...(await answerInvoiceWithLines(context, invoice)), status: 201 };
  },
});
