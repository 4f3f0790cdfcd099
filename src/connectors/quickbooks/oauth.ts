import { ProviderRejected } from "../../errors.ts";
import type { HttpClient } from "../../platform/http-client.ts";
import type { Grant, OAuthApp, OAuthProvider } from "../../platform/oauth.ts";
import { askForTokens, grantOf } from "../token-endpoint.ts";
import { failureOf } from "./failures.ts";
import { TokenEnds } from "./schemas.ts";

const scopes = ["com.intuit.quickbooks.accounting"] as const;

/**
 * Connecting to one company of QuickBooks Online, a realm. Which one, only the way back says; no answer
 * of a token endpoint names it. Refresh tokens roll: the same one for a day, then another, and 100 days
 * without a refresh end them; five years after somebody agreed they end in any case.
 */
export function createQuickBooksOAuth({
  http,
  app,
  authUrl,
  tokenUrl,
  revokeUrl,
  isReal,
  readName,
}: {
  http: HttpClient;
  app: OAuthApp | null;
  authUrl: string;
  tokenUrl: string;
  revokeUrl: string;
  isReal: boolean;
  readName: (call: {
    accessToken: string;
    realm: string;
    signal: AbortSignal;
  }) => Promise<string | null>;
}): OAuthProvider {
  async function tokens(
    client: OAuthApp,
    fields: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Grant> {
    const answer = await askForTokens(http, {
      url: `${tokenUrl}/oauth2/v1/tokens/bearer`,
      app: client,
      clientIn: "header",
      fields,
      headers: { "x-include-refresh-token-hard-expires-in": "true" },
      signal,
    });
    const ends = TokenEnds.safeParse(answer).data;
    const seconds = [
      ends?.x_refresh_token_expires_in,
      ends?.x_refresh_token_hard_expires_in,
    ].filter((end) => end !== undefined && end !== null);
    return {
      ...grantOf(answer),
      refreshEndsInMs: seconds.length === 0 ? null : Math.min(...seconds) * 1_000,
    };
  }

  return {
    name: "quickbooks",
    title: "QuickBooks",
    app,
    usesCompanyApp: false,
    isReal,
    callbackPath: "/api/v1/integrations/quickbooks/callback",
    hasState: true,
    usesPkce: false,
    scopes,
    authorizeUrl({ app: { clientId }, redirectUri, state }) {
      const address = new URL(`${authUrl}/connect/oauth2`);
      address.search = new URLSearchParams({
        client_id: clientId,
        response_type: "code",
        scope: scopes.join(" "),
        redirect_uri: redirectUri,
        state,
      }).toString();
      return address;
    },
    async exchange({ app: client, code, redirectUri, query, signal }) {
      const realm = query["realmId"] ?? "";
      if (realm === "") {
        throw new ProviderRejected("QuickBooks does not say which company it is about.", {
          code: "no_company",
        });
      }
      const grant = await tokens(
        client,
        { grant_type: "authorization_code", code, redirect_uri: redirectUri },
        signal,
      );
      const { accessToken } = grant;
      const externalName = await readName({ accessToken, realm, signal });
      return { ...grant, externalId: realm, externalName };
    },
    refresh: async ({ app: client, credentials, signal }) =>
      await tokens(
        client,
        { grant_type: "refresh_token", refresh_token: credentials.refreshToken ?? "" },
        signal,
      ),
    async revoke({ app: client, credentials, signal }) {
      const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString("base64");
      const answer = await http.send({
        method: "POST",
        url: `${revokeUrl}/v2/oauth2/tokens/revoke`,
        json: { token: credentials.refreshToken ?? credentials.accessToken },
        headers: { authorization: `Basic ${basic}` },
        signal,
      });
      // 400: Intuit does not know the token any more, which is what was wanted.
      if (answer.status === 400) return;
      const failure = failureOf(answer);
      if (failure !== undefined) throw failure;
    },
    async check({ accessToken, externalId, signal }) {
      return { externalName: await readName({ accessToken, realm: externalId, signal }) };
    },
  };
}
