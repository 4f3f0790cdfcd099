import type { PlanName } from "../../billing/plans.ts";
import type { Clock } from "../../platform/clock.ts";
import { createHttpClient } from "../../platform/http-client.ts";
import type { HttpTimeouts } from "../../platform/http-exchange.ts";
import type { OAuthProvider } from "../../platform/oauth.ts";
import { openLater } from "../open-later.ts";
import type { StripeConnector } from "./contract.ts";
import { createStripeOAuth } from "./oauth.ts";
import { createStripe, type PlanProducts } from "./stripe.ts";

/** What the settings say about Stripe; see config.ts for each variable. */
export interface StripeSettings {
  clientId: string | undefined;
  secretKey: string | undefined;
  products: PlanProducts;
  /** Of the endpoints that tell us what happens; none, and nothing is taken from anybody. */
  webhookSecrets: readonly string[];
  planDefault: PlanName;
  url: string | undefined;
}

export interface OpenStripe {
  /** There in any case, so that it is listed; without an app nobody can connect. */
  oauth: OAuthProvider;
  /** Undefined without a key. */
  connector: StripeConnector | undefined;
  close: () => void;
}

/** Stripe as the settings have it, both for companies that connect and for those who pay us. */
export function openStripe(
  { clientId, secretKey, products, webhookSecrets, planDefault, url }: StripeSettings,
  clock: Clock,
  timeouts: Partial<HttpTimeouts> = {},
): OpenStripe {
  const http = createHttpClient({ name: "Stripe", clock, timeouts });
  const connector =
    secretKey === undefined
      ? undefined
      : createStripe({
          client: openLater(async () => {
            const { createStripeClient } = await import("./client.ts");
            return createStripeClient({ http, secretKey, url });
          }),
          products,
          clock,
          // sk_live_… or rk_live_…
          isLive: /^[sr]k_live_/.test(secretKey),
          planDefault,
          webhookSecrets,
        });
  const oauth = createStripeOAuth({
    http,
    app:
      clientId === undefined || secretKey === undefined
        ? null
        : { clientId, clientSecret: secretKey },
    url,
    readAccount: async (account, signal) => {
      if (connector === undefined) throw new Error("Stripe is not set up");
      return await connector.readAccount(account, signal);
    },
  });
  return { oauth, connector, close: () => http.close() };
}
