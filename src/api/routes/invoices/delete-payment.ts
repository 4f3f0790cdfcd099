import { z } from "zod";
import { deletePayment } from "../../../actions/delete-payment.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";

/** DELETE /invoices/:id/payments/:paymentId — for a payment recorded by mistake. */
export const deleteInvoicePaymentRoute = defineRoute({
  method: "delete",
  path: "/invoices/:id/payments/:paymentId",
  summary: "Delete a payment of an invoice",
  description:
    "For one recorded by mistake. Opens the invoice again for what it now lacks, and takes back the credit " +
    "the payment left; 409 when that credit was used already, something of the payment was refunded, or " +
    "the invoice is cancelled.",
  tag: "Invoices",
  access: { scope: "payments:write" },
  params: z.object({ id: idParam, paymentId: idParam }),
  answers: { 204: null },

  async run({ tx, company, user, now }, { params }) {
    const by = { company, causerId: user.id, now };
    const { id: invoiceId, paymentId } = params;
    await deletePayment(tx, by, { invoiceId, paymentId });
    return { status: 204 };
  },
});
