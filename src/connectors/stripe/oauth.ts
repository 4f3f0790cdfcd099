import { z } from "zod";
import { ProviderRejected } from "../../errors.ts";
import { failureOfStatus, type HttpClient } from "../../platform/http-client.ts";
import type { OAuthApp, OAuthProvider } from "../../platform/oauth.ts";
import { askForTokens } from "../token-endpoint.ts";
import type { StripeAccount } from "./contract.ts";
import { ConnectAnswer } from "./schemas.ts";

const WAIT_MS = 30_000;
const Refusal = z.looseObject({ error: z.string(), error_description: z.string().nullish() });

/**
 * Connecting a Standard account (docs.stripe.com/connect/oauth-reference). What Stripe grants is kept as
 * the account's id: calls are made with the platform's key and name the account, so a copy of our database
 * holds no key of anybody's.
 */
export function createStripeOAuth({
  http,
  app,
  url,
  readAccount,
}: {
  http: HttpClient;
  app: OAuthApp | null;
  /** Of a sandbox. */
  url: string | undefined;
  readAccount: (account: string, signal: AbortSignal) => Promise<StripeAccount>;
}): OAuthProvider {
  const base = url ?? "https://connect.stripe.com";
  return {
    name: "stripe",
    title: "Stripe",
    app,
    usesCompanyApp: false,
    isReal: url === undefined,
    callbackPath: "/api/v1/settings/stripe/callback",
    hasState: true,
    usesPkce: false,
    scopes: ["read_write"],

    // Not the SDK's, which leaves out port and protocol.
    authorizeUrl({ app: { clientId }, redirectUri, state }) {
      const address = new URL(`${base}/oauth/authorize`);
      address.search = new URLSearchParams({
        response_type: "code",
        client_id: clientId,
        scope: "read_write",
        redirect_uri: redirectUri,
        state,
      }).toString();
      return address;
    },

    async exchange({ app: client, code, signal }) {
      const given = ConnectAnswer.safeParse(
        await askForTokens(http, {
          url: `${base}/oauth/token`,
          app: client,
          clientIn: "body",
          fields: { grant_type: "authorization_code", code },
          signal,
        }),
      );
      if (!given.success) {
        throw new ProviderRejected("Stripe: the grant names no account", { cause: given.error });
      }
      const { stripe_user_id: account, livemode, scope } = given.data;
      const { name, chargesEnabled, payoutsEnabled } = await readAccount(account, signal);
      return {
        accessToken: account,
        refreshToken: null,
        accessEndsInMs: null,
        refreshEndsInMs: null,
        scopes: scope === undefined ? null : scope.split(" "),
        externalId: account,
        externalName: name,
        settings: { livemode, charges_enabled: chargesEnabled, payouts_enabled: payoutsEnabled },
      };
    },

    refresh: null,

    async revoke({ app: client, externalId, signal }) {
      const answer = await http.send({
        method: "POST",
        url: `${base}/oauth/deauthorize`,
        form: { client_id: client.clientId, stripe_user_id: externalId },
        headers: { authorization: `Bearer ${client.clientSecret}` },
        signal,
      });
      const failure = failureOfStatus(answer, { waitMs: WAIT_MS });
      if (failure !== undefined) throw failure;
      if (answer.status < 400) return;
      const { error, error_description: description } = answer.read(Refusal);
      // Stripe says so of an account that is not connected (any more): which is what was wanted.
      if (error === "invalid_client" && description?.includes("not connected") === true) return;
      throw new ProviderRejected(`${answer.what}: ${error} (${description ?? "no reason given"})`, {
        providerCode: error,
      });
    },

    async check({ externalId, signal }) {
      const { name } = await readAccount(externalId, signal);
      return { externalName: name };
    },
  };
}
