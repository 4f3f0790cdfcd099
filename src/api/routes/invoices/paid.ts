import { z } from "zod";
import type { RecordedPayment } from "../../../actions/record-payment.ts";
import type { Answer } from "../../answers.ts";
import type { CompanyContext } from "../../context.ts";
import { paymentJson, presentPayment } from "./payment-schema.ts";
import { invoiceJson, presentInvoice } from "./schema.ts";

export const paidAnswer = z.object({
  data: paymentJson.extend({
    invoice: invoiceJson.optional().meta({ description: "Left out without invoices:read." }),
  }),
});

/** A payment that was just recorded, and what became of its invoice. */
export function answerPaid(
  { payment, invoice }: RecordedPayment,
  mayUse: CompanyContext["mayUse"],
): Pick<Answer, "body" | "version"> {
  const shown = mayUse("invoices:read") ? { invoice: presentInvoice(invoice) } : {};
  return { body: { data: { ...presentPayment(payment), ...shown } }, version: payment };
}
