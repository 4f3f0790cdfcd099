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
}
