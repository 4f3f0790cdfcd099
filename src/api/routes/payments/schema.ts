import { z } from "zod";
import { invoiceStatuses } from "../../../billing/statuses.ts";
import type { ListedPaymentRow } from "../../../db/payment-lists.ts";
import type { RefundRow } from "../../../db/payment-refunds.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { currency, idQuery, localDate, requireOrder } from "../../inputs.ts";
import { minorJson, moneyJson } from "../../units.ts";
import { paymentJson, presentPayment } from "../invoices/payment-schema.ts";

export const listedPaymentJson = paymentJson
  .extend({
    invoice: z
      .object({
        id: z.int(),
        invoice_number: z.string(),
        status: z.enum(invoiceStatuses),
        client_id: z.int(),
      })
      .optional()
      .meta({ description: "Left out without invoices:read." }),
  })
  .meta({ id: "Payment" });

export function presentListedPayment(payment: ListedPaymentRow, mayUse: CompanyContext["mayUse"]) {
  const invoice = {
    id: payment.invoiceId,
    invoice_number: payment.invoiceNumber,
    status: payment.invoiceStatus,
    client_id: payment.clientId,
  };
  return { ...presentPayment(payment), ...(mayUse("invoices:read") ? { invoice } : {}) };
}

export const refundJson = z
  .object({
    id: z.int(),
    payment_id: z.int(),
    amount: minorJson,
    credit_amount: moneyJson(
      "Of it, what came out of the credit the payment had left; the rest paid the invoice.",
    ),
    currency: z.string(),
    refund_date: dateJson,
    reference: z.string().nullable(),
    reason: z.string().nullable(),
    refunded_by: z.int().nullable(),
    created_at: instantJson,
  })
  .meta({ id: "Refund" });

export function presentRefund(refund: RefundRow) {
  return {
    id: refund.id,
    payment_id: refund.paymentId,
    amount: refund.amount,
    credit_amount: refund.creditAmount,
    currency: refund.currency,
    refund_date: refund.refundDate,
    reference: refund.reference,
    reason: refund.reason,
    refunded_by: refund.refundedBy,
    created_at: presentInstant(refund.createdAt),
  };
}

/** By which money is found, in or out: `date_from` and `date_to` are the first and the last day. */
export const moneyFilter = {
  client_id: idQuery.optional(),
  invoice_id: idQuery.optional(),
  currency: currency.optional(),
  date_from: localDate.optional(),
  date_to: localDate.optional(),
};

/** What the filter of a request says of money, as the lists take it. Throws InvalidInput. */
export function toMoneyFilter(
  companyId: number,
  filter: z.output<z.ZodObject<typeof moneyFilter>> | undefined,
) {
  const period = { from: filter?.date_from, to: filter?.date_to };
  requireOrder(period, { from: "filter.date_from", to: "filter.date_to" });
  return {
    companyId,
    ...period,
    clientId: filter?.client_id,
    invoiceId: filter?.invoice_id,
    currency: filter?.currency,
  };
}
