import { keepSubscription } from "../../../actions/keep-subscription.ts";
import type { StripeConnector } from "../../../connectors/stripe/contract.ts";
import type { Sql } from "../../../db/client.ts";
import { findPlanCustomer, type PlanCustomerRow } from "../../../db/plan-customers.ts";
import { inTransaction } from "../../../db/transaction.ts";
import type { ApiServices, SignedInContext } from "../../context.ts";
import { NotConfigured } from "../../failures.ts";

/** A request waits for Stripe no longer, in milliseconds (API.md, oddities). */
const ANSWERS_MS_MAX = 10_000;

/** For all calls of one request together. */
export function stripeSignal(): AbortSignal {
  return AbortSignal.timeout(ANSWERS_MS_MAX);
}

/** Throws NotConfigured where no Stripe account takes payments for plans. */
export function getStripe({ connectors }: ApiServices): StripeConnector {
  if (connectors.stripe !== undefined) return connectors.stripe;
  throw new NotConfigured("Stripe is not set up here.");
}

/** Where Stripe's pages send people back to: the app's, or what we have of our own. */
export function billingHome({ settings, publicUrl }: ApiServices): string {
  return settings.appUrl ?? `${publicUrl()}/console`;
}

/** What the user has subscribed to, asked of Stripe and kept. Undefined before they were a customer. */
export async function readSubscription(
  { services, clock, user, requestId, sql }: SignedInContext & { sql: Sql },
  stripe: StripeConnector,
  signal: AbortSignal,
): Promise<PlanCustomerRow | undefined> {
  const customer = await findPlanCustomer(sql, user.id);
  if (customer === undefined) return undefined;
  const subscriptions = await stripe.listSubscriptions(customer.stripeCustomer, signal);
  return await inTransaction(sql, (tx) =>
    keepSubscription(tx, {
      userId: user.id,
      subscriptions,
      planDefault: services.settings.planDefault,
      requestId,
      now: clock.now(),
    }),
  );
}
