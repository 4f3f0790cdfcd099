import { z } from "zod";
import { recordPayment } from "../../../actions/record-payment.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, moneyMinorAboveZero } from "../../inputs.ts";
import { minorJson } from "../../units.ts";
import { answerInvoice } from "./detail.ts";
import { paymentFields, toPaymentInput } from "./payment-inputs.ts";
import { paymentJson, presentPayment } from "./payment-schema.ts";
import { invoiceJson } from "./schema.ts";

/** The base contract's limit for this operation; POST /invoices/{id}/payments takes more. */
const amountMax = 999_999_999n;

/** POST /invoices/:id/record-payment — what is too much becomes a credit of the client. */
export const postRecordPaymentRoute = defineRoute({
  method: "post",
  path: "/invoices/:id/record-payment",
  summary: "Record a payment against an invoice",
  description:
    "`credited` is what was paid too much: it is the client's credit now. 409 for a paid or a cancelled " +
    "invoice. Larger amounts go to POST /invoices/{id}/payments.",
  tag: "Invoices",
  access: { scope: "invoices:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({
    ...paymentFields,
    amount: moneyMinorAboveZero.refine(
      (amount) => amount <= amountMax,
      `Must not be greater than ${amountMax}.`,
    ),
  }),
  answers: {
    200: z.object({
      data: invoiceJson.extend({
        payment: paymentJson.optional().meta({ description: "Left out without payments:read." }),
        credited: minorJson,
      }),
    }),
  },

  async run({ tx, company, user, now, mayUse }, { params, body }) {
    const by = { company, causerId: user.id, now };
    const { invoice, payment, credited } = await recordPayment(tx, by, {
      invoiceId: params.id,
      ...toPaymentInput(body),
    });
    const shown = mayUse("payments:read") ? { payment: presentPayment(payment) } : {};
    return answerInvoice(invoice, { ...shown, credited });
  },
});
