import { z } from "zod";
import { moveInvoice } from "../../../actions/move-invoice.ts";
import { getInvoice } from "../../../db/invoices.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { moveBody, openMove } from "../companies/open-move.ts";
import { answerInvoice, invoiceAnswer } from "./detail.ts";
import { idInBody } from "./line-inputs.ts";

/** POST /invoices/:id/move — with its payments, credits, time and expenses. */
export const postInvoiceMoveRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/move",
  summary: "Move an invoice to another company",
  description:
    "Moves the invoice with its lines, payments, credits, mails, time entries and expenses, in one " +
    "transaction. Its id stays; a number that is taken there becomes the next one. `client_id` names the " +
    "client there; without it that is the one of the same name and email, or else a copy. A recurring " +
    "invoice it came from stays behind. You need to be at least a member of both companies.",
  tag: "Invoices",
  access: { scope: "invoices:write", sessionOnly: true },
  params: z.object({ id: idParam }),
  body: moveBody.extend({ client_id: idInBody.optional() }),
  answers: { 200: invoiceAnswer },

  async run(context, { params, body }) {
    const sides = await openMove(context, {
      targetId: body.target_company_id,
      what: "Invoice",
      find: async (companyId) => await getInvoice(context.tx, { companyId, id: params.id }),
    });
    const input = { invoiceId: params.id, clientId: body.client_id };
    return answerInvoice(await moveInvoice(context.tx, sides, input));
  },
});
