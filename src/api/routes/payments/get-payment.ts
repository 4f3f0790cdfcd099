import { z } from "zod";
import { loadRefundable } from "../../../actions/refund-payment.ts";
import { getListedPayment } from "../../../db/payment-lists.ts";
import { listPaymentRefunds } from "../../../db/payment-refunds.ts";
import { defineRoute } from "../../define-route.ts";
import { idParam } from "../../inputs.ts";
import { minorJson } from "../../units.ts";
import { listedPaymentJson, presentListedPayment, presentRefund, refundJson } from "./schema.ts";

/** GET /payments/:id — with its refunds, and what of it can still be given back. */
export const getPaymentRoute = defineRoute({
  method: "get",
  path: "/payments/:id",
  summary: "Get a payment",
  description:
    "`refundable` is what can still be given back: not what was, nor what was used as a credit.",
  tag: "Payments",
  access: { scope: "payments:read" },
  params: z.object({ id: idParam }),
  answers: {
    200: z.object({
      data: listedPaymentJson.extend({ refundable: minorJson, refunds: z.array(refundJson) }),
    }),
  },

  async run({ sql, company, mayUse }, { params }) {
    const companyId = company.id;
    const listed = await getListedPayment(sql, { companyId, id: params.id });
    const { invoiceNumber: _number, invoiceStatus, clientId: _client, ...payment } = listed;
    const refunds = await listPaymentRefunds(sql, { companyId, paymentId: payment.id });
    const invoice = { id: payment.invoiceId, status: invoiceStatus };
    const data = {
      ...presentListedPayment(listed, mayUse),
      refundable: await loadRefundable(sql, { companyId, invoice, payment, refunds }),
      refunds: refunds.map(presentRefund),
    };
    return { status: 200, body: { data }, version: payment };
  },
});
