import { z } from "zod";

// What we read of Stripe's answers, not all they hold.

const instant = z.number().transform((seconds) => new Date(seconds * 1_000));

/** A token answer of Connect, beside what every token answer has. */
export const ConnectAnswer = z.looseObject({
  stripe_user_id: z.string().min(1),
  livemode: z.boolean(),
  scope: z.string().optional(),
});

export const Account = z.object({
  id: z.string(),
  charges_enabled: z.boolean().default(false),
  payouts_enabled: z.boolean().default(false),
  business_profile: z.object({ name: z.string().nullish() }).nullish(),
  settings: z
    .object({ dashboard: z.object({ display_name: z.string().nullish() }).nullish() })
    .nullish(),
  email: z.string().nullish(),
});

export const Prices = z.array(
  z.object({
    id: z.string(),
    currency: z.string(),
    unit_amount: z.int().nullable(),
    recurring: z.object({ interval: z.string(), interval_count: z.int() }).nullable(),
  }),
);

export const Customer = z.object({ id: z.string() });

export const Customers = z.array(
  z.object({ id: z.string(), metadata: z.record(z.string(), z.string()).default({}) }),
);

export const Session = z.object({
  id: z.string(),
  status: z.enum(["open", "complete", "expired"]).nullable(),
  /** Null once it is not open any more. */
  url: z.string().nullable(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

/** A page where an invoice is paid. */
export const PaymentSession = z.object({
  id: z.string(),
  status: z.enum(["open", "complete", "expired"]),
  url: z.string().nullish(),
  expires_at: instant,
  payment_intent: z.string().nullish(),
});

const metadata = z.record(z.string(), z.string()).nullish();

const BalanceTransaction = z.object({ fee: z.int(), currency: z.string() });

/** With `latest_charge.balance_transaction` expanded. */
export const PaymentIntent = z.object({
  id: z.string(),
  status: z.string(),
  amount: z.int(),
  amount_received: z.int().default(0),
  currency: z.string(),
  created: instant,
  metadata,
  latest_charge: z
    .object({
      id: z.string(),
      created: instant,
      balance_transaction: z.union([BalanceTransaction, z.string()]).nullish(),
      payment_method_details: z.object({ type: z.string() }).nullish(),
    })
    .nullish(),
});

export const Refund = z.object({
  id: z.string(),
  amount: z.int(),
  currency: z.string(),
  status: z.string().nullable(),
  failure_reason: z.string().nullish(),
  reason: z.string().nullish(),
  metadata,
  created: instant,
});

export const Disputes = z.array(
  z.object({
    id: z.string(),
    amount: z.int(),
    currency: z.string(),
    status: z.string(),
    reason: z.string().nullish(),
    evidence_details: z.object({ due_by: instant.nullish() }).nullish(),
  }),
);

export const PortalSession = z.object({ url: z.string() });

export const Invoices = z.array(
  z.object({
    id: z.string(),
    number: z.string().nullish(),
    total: z.int(),
    currency: z.string(),
    status: z.string().nullish(),
    created: instant,
    invoice_pdf: z.string().nullish(),
  }),
);

export const Subscriptions = z.array(
  z.object({
    id: z.string(),
    status: z.string(),
    created: instant,
    trial_end: instant.nullish(),
    items: z.object({
      data: z.array(
        z.object({
          // On the subscription itself before the version 2025-03-31.
          current_period_end: instant.nullish(),
          price: z.object({ product: z.string() }),
        }),
      ),
    }),
  }),
);
