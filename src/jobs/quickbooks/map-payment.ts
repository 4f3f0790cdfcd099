import type { InvoiceFacts, PaymentFacts } from "./load-invoice.ts";
import type { Mapping } from "./map-invoice.ts";
import { amountOf, cut, markOf, refTo, type Body } from "./values.ts";

/**
 * A payment as it should be there: what came in and was not given back. What was too much, or was for an
 * invoice that is voided, stays the customer's there as it does here. Undefined when all was given back.
 */
export function mapPayment(
  payment: PaymentFacts,
  { invoice }: Pick<InvoiceFacts, "invoice">,
  { companyId, settings, books }: Mapping,
  { customerId, invoiceId }: { customerId: string; invoiceId: string },
): Body | undefined {
  const total = payment.amount - payment.amountRefunded;
  if (total === 0n) return undefined;
  const refunded = payment.refunds.reduce(
    (sum, refund) => sum + refund.amount - refund.creditAmount,
    0n,
  );
  const isVoided = invoice.status === "cancelled";
  const applied = isVoided ? 0n : payment.amount - payment.credited - refunded;
  const amount = (minor: bigint) => amountOf(minor, payment.currency);
  const linked = [{ TxnId: invoiceId, TxnType: "Invoice" }];
  const texts = [payment.paymentMethod, payment.notes].filter((text) => text !== null);
  return {
    CustomerRef: refTo(customerId),
    TotalAmt: amount(total),
    TxnDate: payment.paymentDate,
    ...(books.isMultiCurrency && { CurrencyRef: refTo(payment.currency) }),
    ...(settings.deposit_account_id !== null && {
      DepositToAccountRef: refTo(settings.deposit_account_id),
    }),
    PaymentRefNum: cut(payment.reference ?? "", 21),
    PrivateNote: cut([markOf("payment", companyId, payment.id), ...texts].join(" "), 4_000),
    Line: applied > 0n ? [{ Amount: amount(applied), LinkedTxn: linked }] : [],
  };
}
