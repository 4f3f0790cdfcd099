import { z } from "zod";
import type { PaymentRow } from "../../../db/payments.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";
import { minorJson, moneyJson, presentMinor } from "../../units.ts";

export const paymentJson = z
  .object({
    id: z.int(),
    invoice_id: z.int(),
    amount: moneyJson("All that came in."),
    credited: moneyJson("Of it, what was too much: the client's credit."),
    amount_refunded: moneyJson("Of it, what was given back."),
    currency: z.string(),
    payment_date: dateJson,
    payment_method: z.string().nullable(),
    reference: z.string().nullable(),
    notes: z.string().nullable(),
    recorded_by: z.int().nullable(),
    provider: z
      .object({
        name: z.literal("stripe"),
        payment_id: z.string(),
        fee: minorJson.nullable(),
        fee_currency: z.string().nullable(),
      })
      .nullable()
      .meta({
        description:
          "Where the money was taken online, and what was kept of it there: minor units of " +
          "`fee_currency`, null until that is known. null for money recorded by hand.",
      }),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "InvoicePayment" });

export function presentPayment(payment: PaymentRow) {
  return {
    id: payment.id,
    invoice_id: payment.invoiceId,
    amount: presentMinor(payment.amount),
    credited: presentMinor(payment.credited),
    amount_refunded: presentMinor(payment.amountRefunded),
    currency: payment.currency,
    payment_date: payment.paymentDate,
    payment_method: payment.paymentMethod,
    reference: payment.reference,
    notes: payment.notes,
    recorded_by: payment.recordedBy,
    provider: payment.provider && {
      name: payment.provider.name,
      payment_id: payment.provider.paymentId,
      fee: payment.provider.fee,
      fee_currency: payment.provider.feeCurrency,
    },
    created_at: presentInstant(payment.createdAt),
    updated_at: presentInstant(payment.updatedAt),
  };
}
