/** A page where a client pays an invoice. */
export interface InvoicePage {
  id: string;
  url: string;
  /** When nobody can pay on it any more. */
  expiresAt: Date;
}

/** What has become of a page. `url` while it is open; the payment once somebody has tried to pay. */
export interface InvoicePageState {
  status: "open" | "complete" | "expired";
  url: string | null;
  paymentIntent: string | null;
}

/** What a client is asked to pay, and of what it reminds us when we hear of the payment. */
export interface InvoiceOrder {
  /** Our row of the page; in the key, so that there is one page of it. */
  checkoutId: number;
  invoiceUuid: string;
  invoiceNumber: string;
  /** As Stripe counts it; see amounts.ts. */
  amount: number;
  currency: string;
  /** Where the browser goes afterwards. */
  successUrl: string;
  cancelUrl: string;
}

/** A webhook whose signature is right. */
export interface StripeEvent {
  id: string;
  type: string;
  /** The connected account it is about; "" for the platform's own. */
  account: string;
  isLive: boolean;
  /** What it is about, as it was then. Only a hint: what counts is what Stripe says when it is asked. */
  object: Readonly<Record<string, unknown>>;
  /** All of it, as it came. */
  text: string;
}

/** What Stripe says of a refund. `amount` in our minor units; null when it is none of ours. */
export interface PaymentRefund {
  id: string;
  amount: bigint | null;
  /** Stripe's word: pending, requires_action, succeeded, failed, canceled. */
  status: string;
  failure: string | null;
  reason: string | null;
  /** Our row that asked for it; null when it was made at Stripe. */
  requestId: number | null;
  createdAt: Date;
}

/** A bank takes its customer's money back, and the company may answer. `amount` as with refunds. */
export interface PaymentDispute {
  id: string;
  amount: bigint | null;
  /** Stripe's word: needs_response, under_review, won, lost, warning_…, prevented. */
  status: string;
  reason: string | null;
  evidenceDueAt: Date | null;
}

/** A client's payment, and what has become of it since. */
export interface ClientPayment {
  id: string;
  /** Stripe's word: requires_payment_method, processing, succeeded, canceled and others. */
  status: string;
  /** Our row of the page, and its invoice; null when it was not paid on a page of ours. */
  checkoutId: number | null;
  invoiceUuid: string | null;
  charge: string | null;
  /** As Stripe counts it. */
  stripeAmount: bigint;
  /** Upper case. */
  currency: string;
  /** In our minor units; null when it is none of our currencies. */
  amount: bigint | null;
  /** What Stripe kept, in our minor units of its currency; null until it is known. */
  fee: { amount: bigint; currency: string } | null;
  /** Stripe's word for how it was paid: card, sepa_debit, paypal and others. */
  method: string | null;
  paidAt: Date;
  refunds: PaymentRefund[];
  disputes: PaymentDispute[];
}

/**
 * Stripe: what clients of the companies that are connected pay them with. Direct charges: the money is
 * the company's, and each function names its account. Each throws `RateLimited`, `ProviderUnavailable`,
 * `WriteUnconfirmed`, `ProviderRejected`, or `ConnectionRevoked` for an account that let us in no more.
 */
export interface StripePayments {
  /** The page of an order. Asked for again within a day it is the same page. */
  openPage(account: string, order: InvoiceOrder, signal: AbortSignal): Promise<InvoicePage>;
  readPage(account: string, id: string, signal: AbortSignal): Promise<InvoicePageState>;
  /** Closes a page, unless somebody has paid on it; returns what has become of it. */
  closePage(account: string, id: string, signal: AbortSignal): Promise<"complete" | "expired">;
  /** A payment with its refunds and disputes, as they are now. */
  readPayment(account: string, paymentIntent: string, signal: AbortSignal): Promise<ClientPayment>;
  /**
   * Gives money back. Asked for again within a day, in the same round, it is the same refund; later look
   * first, or begin another round.
   */
  requestRefund(account: string, refund: RefundOrder, signal: AbortSignal): Promise<void>;
}

/** Money to be given back, and of what it reminds us when we see it. */
export interface RefundOrder {
  /** Our row of it; in the key. */
  requestId: number;
  /** Counts how often it was given up waiting for a key: Stripe keeps an error of its own for its key. */
  round: number;
  paymentIntent: string;
  /** As Stripe counts it. */
  amount: number;
}
