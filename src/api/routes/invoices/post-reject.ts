import { z } from "zod";
import { decideInvoice } from "../../../actions/approve-invoice.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { rejectionBody } from "../time-entries/approval-schema.ts";
import { answerInvoice, invoiceAnswer } from "./detail.ts";

/** POST /invoices/:id/reject — says what is wrong with it; for admins. */
export const postInvoiceRejectRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/reject",
  summary: "Reject an invoice",
  description:
    "For admins and the owner. It does not keep the invoice from being issued; a change to what it says makes it " +
    "pending again. A paid or cancelled invoice is a 409.",
  tag: "Invoices",
  access: { scope: "invoices:write", minimumRole: "admin" },
  params: z.object({ id: idParam }),
  body: rejectionBody,
  answers: { 200: invoiceAnswer },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const input = {
      invoiceId: params.id,
      decision: { approval: "rejected", reason: body.reason },
    } as const;
    return answerInvoice(await decideInvoice(tx, by, input));
  },
});
