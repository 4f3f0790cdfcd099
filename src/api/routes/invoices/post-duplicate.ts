import { z } from "zod";
import { duplicateInvoice } from "../../../actions/duplicate-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoiceWithLines, invoiceWithLinesAnswer } from "./detail.ts";

/** POST /invoices/:id/duplicate — a new draft of today with the same client and lines. */
export const postDuplicateRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/duplicate",
  summary: "Duplicate an invoice",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 201: invoiceWithLinesAnswer },

  async run(context, { params }) {
    const { tx, company, user, now } = context;
    const by = { company, causerId: user.id, now };
    const invoice = await duplicateInvoice(tx, by, { invoiceId: params.id });
    return { ...(await answerInvoiceWithLines(context, invoice)), status: 201 };
  },
});
