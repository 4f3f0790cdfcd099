import { z } from "zod";
import { recordPayment } from "../../../actions/record-payment.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { answerPaid, paidAnswer } from "./paid.ts";
import { paymentFields, toPaymentInput } from "./payment-inputs.ts";

/** POST /invoices/:id/payments — as record-payment, but answers with the payment. */
export const postInvoicePaymentRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/payments",
  summary: "Add a payment to an invoice",
  description: "`credited` is what was paid too much: it is the client's credit now.",
  tag: "Invoices",
  access: { scope: "payments:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject(paymentFields),
  answers: { 201: paidAnswer },

  async run({ tx, company, user, now, mayUse }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const recorded = await recordPayment(tx, by, { invoiceId: params.id, ...toPaymentInput(body) });
    return { status: 201, ...answerPaid(recorded, mayUse) };
  },
});
