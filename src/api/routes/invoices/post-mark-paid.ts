import { z } from "zod";
import { markInvoicePaid } from "../../../actions/mark-invoice-paid.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoice, invoiceAnswer } from "./detail.ts";

/** POST /invoices/:id/mark-paid — writes a payment of today for the rest. */
export const postMarkPaidRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/mark-paid",
  summary: "Mark an invoice as fully paid",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 200: invoiceAnswer },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    return answerInvoice(await markInvoicePaid(tx, by, { invoiceId: params.id }));
  },
});
