import { z } from "zod";
import { markInvoiceSent } from "../../../actions/mark-invoice-sent.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoice, invoiceAnswer } from "./detail.ts";

/** POST /invoices/:id/mark-sent — a draft becomes sent; one over nothing is paid at once. */
export const postMarkSentRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/mark-sent",
  summary: "Mark an invoice as sent without emailing",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 200: invoiceAnswer },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    return answerInvoice(await markInvoiceSent(tx, by, { invoiceId: params.id }));
  },
});
