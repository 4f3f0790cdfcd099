import { z } from "zod";
import type { PaymentInput } from "../../../actions/record-payment.ts";
import { localDate, moneyMinorAboveZero, optionalText } from "../../inputs.ts";

/** The methods of the base contract's single payment. */
const paymentMethods = [
  "bank_transfer",
  "card",
  "cash",
  "cheque",
  "paypal",
  "ach",
  "2checkout",
  "other",
] as const;

export const paymentFields = {
  amount: moneyMinorAboveZero,
  payment_date: localDate,
  payment_method: z.enum(paymentMethods).nullable().optional(),
  reference: optionalText(255),
  notes: optionalText(2000),
};

/** A payment of a request as the actions take it. */
export function toPaymentInput(body: {
  amount: bigint;
  payment_date: string;
  payment_method?: string | null | undefined;
  reference?: string | null | undefined;
  notes?: string | null | undefined;
}): PaymentInput {
  return {
    amount: body.amount,
    paymentDate: body.payment_date,
    paymentMethod: body.payment_method ?? null,
    reference: body.reference ?? null,
    notes: body.notes ?? null,
  };
}
