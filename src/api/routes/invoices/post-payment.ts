import { z } from "zod";
import { recordPayment } from "../../../actions/record-payment.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { paymentFields, toPaymentInput } from "./payment-inputs.ts";
import { paymentJson, presentPayment } from "./payment-schema.ts";
import { invoiceJson, presentInvoice } from "./schema.ts";

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
  answers: {
    201: z.object({ data: paymentJson.extend({ credited: z.int(), invoice: invoiceJson }) }),
  },

  async run({ tx, company, user, now }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const { invoice, payment, credited } = await recordPayment(tx, by, {
      invoiceId: params.id,
      ...toPaymentInput(body),
    });
    const data = { ...presentPayment(payment), credited, invoice: presentInvoice(invoice) };
    return { status: 201, body: { data } };
  },
});
