import { z } from "zod";
import { voidInvoice } from "../../../actions/void-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoice, invoiceAnswer } from "./detail.ts";

/** POST /invoices/:id/void — cancels what is not paid; the number is never used again. */
export const postVoidRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/void",
  summary: "Void an invoice",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  answers: { 200: invoiceAnswer },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    return answerInvoice(await voidInvoice(tx, by, { invoiceId: params.id }));
  },
});
