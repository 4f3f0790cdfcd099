import { z } from "zod";
import { refundPayment } from "../../../actions/refund-payment.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, localDate, optionalText } from "../../inputs.ts";
import { paymentAmount } from "../invoices/payment-inputs.ts";
import { paymentJson, presentPayment } from "../invoices/payment-schema.ts";
import { invoiceJson, presentInvoice } from "../invoices/schema.ts";
import { presentRefund, refundJson } from "./schema.ts";

/** POST /payments/:id/refund — in part, or all that can be given back. */
export const postRefundRoute = defineRoute({
  method: "post",
  path: "/payments/:id/refund",
  summary: "Refund a payment",
  description:
    "Without `amount`, all that can still be given back. It is taken first out of the credit the payment " +
    "left, then out of the invoice, which is open again for as much; of a voided invoice, out of the credit " +
    "that its payments became. 422 when it is more than there is, 409 when nothing is left.",
  tag: "Payments",
  access: { scope: "payments:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({
    amount: paymentAmount.nullable().optional(),
    refund_date: localDate.nullable().optional(),
    reference: optionalText(255),
    reason: optionalText(2000),
  }),
  answers: {
    201: z.object({
      data: refundJson.extend({
        payment: paymentJson,
        invoice: invoiceJson.optional().meta({ description: "Left out without invoices:read." }),
      }),
    }),
  },

  async run({ tx, company, user, now, mayUse }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const { refund, payment, invoice } = await refundPayment(tx, by, {
      paymentId: params.id,
      amount: body.amount ?? undefined,
      refundDate: body.refund_date ?? undefined,
      reference: body.reference,
      reason: body.reason,
    });
    const data = {
      ...presentRefund(refund),
      payment: presentPayment(payment),
      ...(mayUse("invoices:read") ? { invoice: presentInvoice(invoice) } : {}),
    };
    return { status: 201, body: { data } };
  },
});
