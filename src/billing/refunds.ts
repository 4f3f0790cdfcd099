/** A payment and where its money is now. Minor units of the payment's currency. */
export interface RefundedPayment {
  amount: bigint;
  /** What was too much when it came, and became a credit. */
  credited: bigint;
  /** What was given back of the part that paid the invoice. */
  refundedOfInvoice: bigint;
  /** What is left of the credit it became; nothing once that was used or deleted. */
  creditRemaining: bigint;
  /**
   * What is left of the credit that the invoice's payments became when it was voided; null while the
   * invoice stands.
   */
  voidedRemaining: bigint | null;
}

/** Money that can be given back, by where it is. Minor units. */
export interface Refundable {
  ofCredit: bigint;
  ofInvoice: bigint;
}

/**
 * What can still be given back of a payment (BILLING.md 9). A credit that was used has paid another
 * invoice: that money is not there to be given back a second time.
 */
export function refundableOf(payment: RefundedPayment): Refundable {
  const paid = payment.amount - payment.credited - payment.refundedOfInvoice;
  const { voidedRemaining } = payment;
  return {
    ofCredit: payment.creditRemaining,
    ofInvoice: voidedRemaining !== null && voidedRemaining < paid ? voidedRemaining : paid,
  };
}

/**
 * Where a refund is taken from: first out of the credit, which pays for nothing, so that giving back
 * what was too much leaves the invoice paid. Undefined when there is not so much to give back.
 */
export function splitRefund(
  amount: bigint,
  { ofCredit, ofInvoice }: Refundable,
): Refundable | undefined {
  if (amount > ofCredit + ofInvoice) return undefined;
  const fromCredit = amount < ofCredit ? amount : ofCredit;
  return { ofCredit: fromCredit, ofInvoice: amount - fromCredit };
}
