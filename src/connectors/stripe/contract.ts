import type { PlanName } from "../../billing/plans.ts";
import type { StripeEvent, StripePayments } from "./payments-contract.ts";

/** An account that a company has connected. */
export interface StripeAccount {
  /** For people; null when it has none. */
  name: string | null;
  /** Whether it can take payments. */
  chargesEnabled: boolean;
  /** Whether what it took is paid out. */
  payoutsEnabled: boolean;
}

/** What a plan costs: each `intervalCount` `interval`s, in minor units. */
export interface PlanPrice {
  id: string;
  amount: number;
  /** Lower case, as Stripe has it. */
  currency: string;
  /** day, week, month or year. */
  interval: string;
  intervalCount: number;
}

/** A page at Stripe where somebody pays. */
export interface CheckoutPage {
  id: string;
  url: string;
}

/** An invoice of ours to somebody who pays for a plan. */
export interface PlanInvoice {
  id: string;
  number: string | null;
  /** In minor units. */
  amount: number;
  currency: string;
  /** draft, open, paid, uncollectible or void; null when Stripe gives none. */
  status: string | null;
  createdAt: Date;
  pdfUrl: string | null;
}

/** What somebody has subscribed to. */
export interface PlanSubscription {
  id: string;
  /** Stripe's word: trialing, active, past_due, unpaid, paused, canceled, incomplete, incomplete_expired. */
  status: string;
  /** Null when it is for none of the products that are plans here. */
  plan: PlanName | null;
  createdAt: Date;
  trialEndsAt: Date | null;
  currentPeriodEnd: Date | null;
}

/**
 * Stripe: what our own customers pay for plans with, and what clients pay companies with. Each function throws `RateLimited`,
 * `ProviderUnavailable`, `WriteUnconfirmed` or `ProviderRejected`; those that name a connected account
 * `ConnectionRevoked` too.
 */
export interface StripeConnector {
  /** What clients pay the companies with. */
  payments: StripePayments;
  /** Whether our key is for real money; what happens in the other mode is none of our business. */
  isLive: boolean;
  /** What companies are on whose owner pays for no plan. */
  planDefault: PlanName;
  /**
   * A webhook, after its signature was checked. Throws `InvalidPayload` for what Stripe did not send.
   * Undefined where the settings name no signing secret.
   */
  readEvent:
    | ((bytes: Buffer, said: { signature: string | undefined; now: Date }) => StripeEvent)
    | undefined;
  /** Whether a plan is sold here. */
  sells(plan: string): plan is PlanName;
  /** Active recurring prices of the plans that are sold, remembered for an hour. */
  listPrices(signal: AbortSignal): Promise<ReadonlyMap<PlanName, readonly PlanPrice[]>>;
  /** An account that is connected. */
  readAccount(account: string, signal: AbortSignal): Promise<StripeAccount>;
  /** The customer of this user: looked up first, then made, so that there is one however often it is asked for. */
  ensureCustomer(
    user: { id: number; email: string; name: string },
    signal: AbortSignal,
  ): Promise<string>;
  /** A page where the customer subscribes. One that is open for the same price is answered again. */
  openSubscriptionPage(
    order: {
      customerId: string;
      priceId: string;
      /** Where the browser goes afterwards. */
      successUrl: string;
      cancelUrl: string;
    },
    signal: AbortSignal,
  ): Promise<CheckoutPage>;
  /** A page where the customer manages what it pays for; good for minutes. */
  openPortalPage(
    request: { customerId: string; returnUrl: string; requestId: string },
    signal: AbortSignal,
  ): Promise<string>;
  /** The customer's newest invoices, the newest first. */
  listInvoices(
    request: { customerId: string; limit: number },
    signal: AbortSignal,
  ): Promise<PlanInvoice[]>;
  /** Ended ones included, the newest first. */
  listSubscriptions(customerId: string, signal: AbortSignal): Promise<PlanSubscription[]>;
}
