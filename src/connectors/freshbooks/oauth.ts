import { ProviderRejected } from "../../errors.ts";
import type { HttpClient } from "../../platform/http-client.ts";
import type { OAuthApp, OAuthProvider } from "../../platform/oauth.ts";
import { askForTokens, grantOf } from "../token-endpoint.ts";
import { failureOf } from "./failures.ts";
import { MeAnswer } from "./schemas.ts";

/** Everything an import reads. */
const scopes = [
  "user:profile:read",
  "user:clients:read",
  "user:invoices:read",
  "user:payments:read",
  "user:expenses:read",
  "user:taxes:read",
  "user:time_entries:read",
  "user:projects:read",
  "user:billable_items:read",
  "user:estimates:read",
  "user:credit_notes:read",
] as const;

/** A business a person has books with, and what its addresses need. */
interface Business {
  accountId: string;
  businessId: number;
  name: string | null;
}

/** Which of the connection's settings holds the id that addresses of projects and time need. */
export function businessSetting(accountId: string): string {
  return `business_id_of_${accountId}`;
}

/**
 * Connects with the company's own client. FreshBooks gives no `state` back to a client that is not
 * told apart by it, so the signed cookie alone says who comes back. Refresh tokens work once, and want
 * the redirect address again.
 */
export function createOAuth({
  http,
  authUrl,
  apiUrl,
  isReal,
}: {
  http: HttpClient;
  authUrl: string;
  apiUrl: string;
  isReal: boolean;
}): OAuthProvider {
  const tokens = (app: OAuthApp, fields: Record<string, string>, signal: AbortSignal) =>
    askForTokens(http, {
      url: `${apiUrl}/auth/oauth/token`,
      app,
      clientIn: "body",
      fields,
      signal,
    });

  async function readBusinesses(accessToken: string, signal: AbortSignal): Promise<Business[]> {
    const answer = await http.send({
      method: "GET",
      url: `${apiUrl}/auth/api/v1/users/me`,
      headers: { authorization: `Bearer ${accessToken}` },
      signal,
    });
    const failure = failureOf(answer);
    if (failure !== undefined) throw failure;
    const { business_memberships: memberships } = answer.read(MeAnswer).response;
    // A business that is only half set up, or is somebody else's, has no account.
    return memberships
      .toSorted((one, other) => Number(other.role === "owner") - Number(one.role === "owner"))
      .flatMap(({ business }) =>
        business.account_id === null
          ? []
          : [{ accountId: business.account_id, businessId: business.id, name: business.name }],
      );
  }

  return {
    name: "freshbooks",
    title: "FreshBooks",
    app: null,
    usesCompanyApp: true,
    isReal,
    callbackPath: "/api/v1/settings/freshbooks/callback",
    hasState: false,
    usesPkce: false,
    scopes,
    authorizeUrl({ app: { clientId }, redirectUri }) {
      const address = new URL(`${authUrl}/oauth/authorize`);
      address.search = new URLSearchParams({
        client_id: clientId,
        response_type: "code",
        redirect_uri: redirectUri,
        scope: scopes.join(" "),
      }).toString();
      return address;
    },
    async exchange({ app, code, redirectUri, signal }) {
      const grant = await tokens(
        app,
        { grant_type: "authorization_code", code, redirect_uri: redirectUri },
        signal,
      );
      const [business] = await readBusinesses(grant.access_token, signal);
      if (business === undefined) {
        throw new ProviderRejected("FreshBooks names no business with books for this person.", {
          code: "no_business",
        });
      }
      return {
        ...grantOf(grant),
        externalId: business.accountId,
        externalName: business.name,
        settings: { [businessSetting(business.accountId)]: business.businessId },
      };
    },
    async refresh({ app, credentials, signal }) {
      const fields = {
        grant_type: "refresh_token",
        refresh_token: credentials.refreshToken ?? "",
        redirect_uri: credentials.redirectUri,
      };
      return grantOf(await tokens(app, fields, signal));
    },
    async revoke({ app, credentials, signal }) {
      const answer = await http.send({
        method: "POST",
        url: `${apiUrl}/auth/oauth/revoke`,
        json: {
          client_id: app.clientId,
          client_secret: app.clientSecret,
          token: credentials.refreshToken ?? credentials.accessToken,
        },
        signal,
      });
      const failure = failureOf(answer);
      if (failure !== undefined) throw failure;
    },
    async check({ accessToken, externalId, signal }) {
      const businesses = await readBusinesses(accessToken, signal);
      const found = businesses.find(({ accountId }) => accountId === externalId);
      return { externalName: found?.name ?? null };
    },
  };
}
