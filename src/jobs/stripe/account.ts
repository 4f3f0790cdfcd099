import { withBudget } from "../../actions/provider-budget.ts";
import {
  withConnection,
  type ConnectionUser,
  type OpenConnection,
} from "../../actions/use-connection.ts";
import type { StripeConnector } from "../../connectors/stripe/contract.ts";
import { changeConnectionSettings, recordConnectionSuccess } from "../../db/connections.ts";
import { inTransaction } from "../../db/transaction.ts";
import { skipped, type JobContext, type Outcome } from "../define-job.ts";

/** Stripe takes 25 requests a second in test mode, and more with real money (docs.stripe.com/rate-limits). */
const LIMIT = { perSecond: 20, burst: 10, waitMsMax: 5_000 };

/**
 * For what Stripe told us of: tried for 39 hours on average, 77 at most, so that a Stripe that is down over a
 * night or a Sunday is back by then. Delays in milliseconds.
 */
export const EVENT_RETRY = { attempts: 25, delayMsFirst: 5_000, delayMsMax: 6 * 3_600_000 };

/** The `run` of a job that asks Stripe: without a key of ours there is nothing to be done. */
export function whenStripe<Payload>(
  run: (ctx: JobContext, stripe: StripeConnector, payload: Payload) => Promise<Outcome>,
): (ctx: JobContext, payload: Payload) => Promise<Outcome> {
  return async (ctx, payload) => {
    const { stripe } = ctx.connectors;
    return stripe === undefined
      ? skipped("Stripe is not set up here")
      : await run(ctx, stripe, payload);
  };
}

/** Whose connection is used, and for which account: the company may be connected to another one by now. */
export interface AccountKey {
  companyId: number;
  account: string;
}

/** How it ended where the company is connected to another account. */
export const OTHER_ACCOUNT = "another account is connected";

/** One request about an account, in its turn; undefined when another one is connected. */
export async function withAccount<Result extends object | string | boolean>(
  user: ConnectionUser,
  { companyId, account }: AccountKey,
  request: () => Promise<Result>,
): Promise<Result | undefined> {
  return await withConnection(user, { companyId, provider: "stripe" }, async (connection) =>
    connection.externalId === account ? await askAccount(user, connection, request) : undefined,
  );
}

async function askAccount<Result>(
  user: ConnectionUser,
  connection: OpenConnection,
  request: (account: string) => Promise<Result>,
): Promise<Result> {
  const budget = { key: `stripe/${connection.externalId}`, limit: LIMIT };
  return await connection.call((account) => withBudget(user, budget, () => request(account)));
}

/** Asks how a company's account stands, and keeps the answer. A withdrawn one is parked by asking. */
export async function refreshAccount(
  user: ConnectionUser,
  stripe: StripeConnector,
  companyId: number,
): Promise<void> {
  const key = { companyId, provider: "stripe" } as const;
  await withConnection(user, key, async (connection) => {
    const account = await askAccount(user, connection, (id) => stripe.readAccount(id, user.signal));
    await inTransaction(user.sql, async (tx) => {
      const now = user.clock.now();
      const settings = {
        charges_enabled: account.chargesEnabled,
        payouts_enabled: account.payoutsEnabled,
      };
      await changeConnectionSettings(tx, key, { settings, now });
      await recordConnectionSuccess(tx, key, { now, externalName: account.name });
    });
  });
}
