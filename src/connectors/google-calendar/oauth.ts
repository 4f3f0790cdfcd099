import { ProviderRejected } from "../../errors.ts";
import { failureOfStatus, type HttpClient } from "../../platform/http-client.ts";
import type { OAuthApp, OAuthProvider } from "../../platform/oauth.ts";
import { askForTokens, grantOf } from "../token-endpoint.ts";

/** The least that lists calendars, and reads and writes events. */
const scopes = [
  "https://www.googleapis.com/auth/calendar.events",
  "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
] as const;

/** How long to stay away when Google does not say, in milliseconds. */
const WAIT_MS = 30_000;

export interface GoogleAddresses {
  /** Where the person agrees. */
  authorize: string;
  token: string;
  revoke: string;
}

/**
 * Asks for calendars only, beside whatever the person has granted us before (include_granted_scopes),
 * and for access while nobody is there. Google gives a refresh token only to who asks anew (prompt=consent).
 */
export function createGoogleOAuth({
  http,
  app,
  addresses,
  isReal,
  readAccount,
}: {
  http: HttpClient;
  app: OAuthApp | null;
  addresses: GoogleAddresses;
  isReal: boolean;
  /** The address of the person's own calendar, which names the account. */
  readAccount: (accessToken: string, signal: AbortSignal) => Promise<string>;
}): OAuthProvider {
  return {
    name: "google-calendar",
    title: "Google Calendar",
    app,
    usesCompanyApp: false,
    isReal,
    callbackPath: "/api/v1/integrations/google-calendar/callback",
    hasState: true,
    usesPkce: true,
    scopes,
    authorizeUrl({ app: { clientId }, redirectUri, state, codeChallenge }) {
      const address = new URL(addresses.authorize);
      address.search = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        scope: scopes.join(" "),
        state,
        code_challenge: codeChallenge ?? "",
        code_challenge_method: "S256",
        access_type: "offline",
        prompt: "consent",
        include_granted_scopes: "true",
      }).toString();
      return address;
    },
    async exchange({ app: client, code, redirectUri, codeVerifier, signal }) {
      const fields = {
        grant_type: "authorization_code",
        code,
        redirect_uri: redirectUri,
        code_verifier: codeVerifier ?? "",
      };
      const grant = grantOf(
        await askForTokens(http, {
          url: addresses.token,
          app: client,
          clientIn: "body",
          fields,
          signal,
        }),
      );
      // Each permission can be unticked on Google's page.
      const missing = scopes.find((scope) => grant.scopes?.includes(scope) === false);
      if (missing !== undefined) {
        throw new ProviderRejected(`Google: ${missing} was not granted.`, {
          code: "scope_missing",
        });
      }
      if (grant.refreshToken === null) {
        throw new ProviderRejected("Google gave no refresh token.", { code: "no_refresh_token" });
      }
      const account = await readAccount(grant.accessToken, signal);
      return { ...grant, externalId: account, externalName: account };
    },
    refresh: async ({ app: client, credentials, signal }) => {
      const fields = {
        grant_type: "refresh_token",
        refresh_token: credentials.refreshToken ?? "",
      };
      return grantOf(
        await askForTokens(http, {
          url: addresses.token,
          app: client,
          clientIn: "body",
          fields,
          signal,
        }),
      );
    },
    async revoke({ credentials, signal }) {
      const answer = await http.send({
        method: "POST",
        url: addresses.revoke,
        form: { token: credentials.refreshToken ?? credentials.accessToken },
        signal,
      });
      const failure = failureOfStatus(answer, { waitMs: WAIT_MS });
      if (failure !== undefined) throw failure;
      // A token it does not know any more is withdrawn already.
      if (answer.status >= 400 && !answer.text.includes("invalid_token")) {
        throw new ProviderRejected(`${answer.what}: status ${answer.status}`);
      }
    },
    async check({ accessToken, signal }) {
      return { externalName: await readAccount(accessToken, signal) };
    },
  };
}
