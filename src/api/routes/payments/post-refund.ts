import { z } from "zod";
import { refundPayment, type RefundInput } from "../../../actions/refund-payment.ts";
import { requestStripeRefund } from "../../../actions/request-stripe-refund.ts";
import { toStripeAmount } from "../../../connectors/stripe/amounts.ts";
import type { Tx } from "../../../db/client.ts";
import { getPayment } from "../../../db/payments.ts";
import { getRun, type RunRow } from "../../../db/runs.ts";
import { InvalidInput } from "../../../errors.ts";
import { sendStripeRefund } from "../../../jobs/stripe/send-refund.ts";
import { enqueue } from "../../../queue/enqueue.ts";
import { askedBy } from "../../asked-by.ts";
import type { CompanyContext } from "../../context.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam, localDate, moneyMinorAboveZero, optionalText } from "../../inputs.ts";
import { paymentJson, presentPayment } from "../invoices/payment-schema.ts";
import { invoiceJson, presentInvoice } from "../invoices/schema.ts";
import { acceptedRun, runAnswers } from "../runs/schema.ts";
import { presentRefund, refundJson } from "./schema.ts";

/** POST /payments/:id/refund — in part, or all that can be given back. */
export const postRefundRoute = defineRoute({
  method: "post",
  path: "/payments/:id/refund",
  summary: "Refund a payment",
  description:
    "Without `amount`, all that can still be given back. It is taken first out of the credit the payment " +
    "left, then out of the invoice, which is open again for as much; of a voided invoice, out of the credit " +
    "that its payments became. 422 when it is more than there is, 409 when nothing is left. A payment that " +
    "was taken at Stripe is given back there, by the run that 202 names: the refund is recorded once Stripe " +
    "has confirmed it. 409 when the account that took it is not connected.",
  tag: "Payments",
  access: { scope: "payments:write" },
  params: z.object({ id: idParam }),
  body: z.strictObject({
    amount: moneyMinorAboveZero.nullable().optional(),
    refund_date: localDate.nullable().optional(),
    reference: optionalText(255),
    reason: optionalText(2000),
  }),
  answers: {
    ...runAnswers,
    201: z.object({
      data: refundJson.extend({
        payment: paymentJson,
        invoice: invoiceJson.optional().meta({ description: "Left out without invoices:read." }),
      }),
    }),
  },

  async run(context, { params, body }) {
    const { tx, company, user, now, mayUse } = context;
    const by = { company, causerId: user.id, now };
    const input = {
      paymentId: params.id,
      amount: body.amount ?? undefined,
      refundDate: body.refund_date ?? undefined,
      reference: body.reference,
      reason: body.reason,
    };
    const { provider } = await getPayment(tx, { companyId: company.id, id: params.id });
    if (provider !== null) return acceptedRun(await refundAtStripe(context, input));
    const { refund, payment, invoice } = await refundPayment(tx, by, input);
    const data = {
      ...presentRefund(refund),
      payment: presentPayment(payment),
      ...(mayUse("invoices:read") ? { invoice: presentInvoice(invoice) } : {}),
    };
    return { status: 201, body: { data } };
  },
});

/** Asks for the money back where it was taken. */
async function refundAtStripe(
  context: CompanyContext & { tx: Tx },
  input: RefundInput,
): Promise<RunRow> {
  const { tx, company, user, now, clock } = context;
  const by = { company, causerId: user.id, now };
  const { id, amount, currency } = await requestStripeRefund(tx, by, input, clock.now());
  if (toStripeAmount(amount, currency) === undefined) {
    throw new InvalidInput({ amount: ["Stripe does not give back such a fraction."] });
  }
  const { runId } = await enqueue(
    tx,
    sendStripeRefund,
    { companyId: company.id, refundId: id },
    askedBy(context),
  );
  return await getRun(tx, { companyId: company.id, id: runId });
}
