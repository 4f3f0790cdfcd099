import { z } from "zod";
import { recordPayment } from "../../../actions/record-payment.ts";
import { InvalidInput, NotFound } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { idInBody } from "../invoices/line-inputs.ts";
import { answerPaid, paidAnswer } from "../invoices/paid.ts";
import { paymentFields, toPaymentInput } from "../invoices/payment-inputs.ts";

/** POST /payments — as POST /invoices/:id/payments, with the invoice named in the body. */
export const postPaymentRoute = defineRoute({
  method: "post",
  path: "/payments",
  summary: "Record a payment",
  description:
    "`credited` is what was paid too much: it is the client's credit now. 409 for a paid or a cancelled " +
    "invoice.",
  tag: "Payments",
  access: { scope: "payments:write" },
  body: z.strictObject({ invoice_id: idInBody, ...paymentFields }),
  answers: { 201: paidAnswer },

  async run({ tx, company, user, now, mayUse }, { body }) {
    const by = { company, causerId: user.id, now };
    try {
      const payment = { invoiceId: body.invoice_id, ...toPaymentInput(body) };
      return { status: 201, ...answerPaid(await recordPayment(tx, by, payment), mayUse) };
    } catch (error) {
      // The invoice is no address here, but a value of the body.
      if (!(error instanceof NotFound)) throw error;
      throw new InvalidInput({ invoice_id: ["There is no such invoice."] }, { cause: error });
    }
  },
});
