import { z } from "zod";
import type { PaymentRow } from "../../../db/payments.ts";
import { dateJson, instantJson, presentInstant } from "../../answers.ts";

export const paymentJson = z
  .object({
    id: z.int(),
    invoice_id: z.int(),
    amount: z.int().meta({ description: "All that came in." }),
    credited: z.int().meta({ description: "Of it, what was too much: the client's credit." }),
    amount_refunded: z.int().meta({ description: "Of it, what was given back." }),
    currency: z.string(),
    payment_date: dateJson,
    payment_method: z.string().nullable(),
    reference: z.string().nullable(),
    notes: z.string().nullable(),
    recorded_by: z.int().nullable(),
    created_at: instantJson,
    updated_at: instantJson,
  })
  .meta({ id: "InvoicePayment" });

export function presentPayment(payment: PaymentRow) {
  return {
    id: payment.id,
    invoice_id: payment.invoiceId,
    amount: payment.amount,
    credited: payment.credited,
    amount_refunded: payment.amountRefunded,
    currency: payment.currency,
    payment_date: payment.paymentDate,
    payment_method: payment.paymentMethod,
    reference: payment.reference,
    notes: payment.notes,
    recorded_by: payment.recordedBy,
    created_at: presentInstant(payment.createdAt),
    updated_at: presentInstant(payment.updatedAt),
  };
}
