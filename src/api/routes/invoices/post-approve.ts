import { z } from "zod";
import { decideInvoice } from "../../../actions/approve-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerInvoice, invoiceAnswer } from "./detail.ts";

/** POST /invoices/:id/approve — says that somebody stands for it; for admins. */
export const postInvoiceApproveRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/approve",
  summary: "Approve an invoice",
  description:
    "For admins and the owner. It neither issues nor sends the invoice. A change to what the invoice says takes " +
    "the approval back. A paid or cancelled invoice is a 409.",
  tag: "Invoices",
  access: { scope: "invoices:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  answers: { 200: invoiceAnswer },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const input = { invoiceId: params.id, decision: { approval: "approved" } } as const;
    return answerInvoice(await decideInvoice(tx, by, input));
  },
});
