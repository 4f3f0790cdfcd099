import { createHash, randomBytes } from "node:crypto";
import type { KeyRing } from "./sealing.ts";

/** The providers a company can be connected to, as addresses and rows name them. */
export const providerNames = [
  "freshbooks",
  "google-calendar",
  "quickbooks",
  "slack",
  "stripe",
] as const;
export type ProviderName = (typeof providerNames)[number];

/** Who we are to a provider: the client registered there. */
export interface OAuthApp {
  clientId: string;
  clientSecret: string;
}

/** What we hold of a connection. Sealed in the database, never logged, never in a payload. */
export interface Credentials {
  accessToken: string;
  /** Null where access does not end, or cannot be renewed. */
  refreshToken: string | null;
  /** As it was when the connection was made: some providers want it again with each refresh. */
  redirectUri: string;
}

/** What a provider grants, by a code or by a refresh. */
export interface Grant {
  accessToken: string;
  /** Null keeps the one we have. */
  refreshToken: string | null;
  /** Milliseconds until the access token ends; null: never. */
  accessEndsInMs: number | null;
  /** Milliseconds until a person must connect again at the latest; null: nothing is known. */
  refreshEndsInMs: number | null;
  /** As granted, which may be less than asked for; null keeps what we have. */
  scopes: readonly string[] | null;
}

/** A grant by a code, and whose account it is about. */
export interface NewGrant extends Grant {
  /** The account over there: a realm, a team, `acct_…`. */
  externalId: string;
  /** Its name, for people. */
  externalName: string | null;
  /** First values of the connection's settings; those that are there already stay. */
  settings?: Readonly<Record<string, unknown>>;
}

export interface Credentialed {
  app: OAuthApp;
  credentials: Credentials;
  externalId: string;
  signal: AbortSignal;
}

/**
 * How one provider is connected to. Its functions throw `ConnectionRevoked` when only a person can
 * help (`invalid_grant`), `ProviderUnavailable` when surely nothing happened, `WriteUnconfirmed` when
 * a token may have been used up without our hearing of it, and `ProviderRejected` otherwise.
 */
export interface OAuthProvider {
  readonly name: ProviderName;
  /** For people: "Google Calendar". */
  readonly title: string;
  /** Our client there; null when the settings name none. */
  readonly app: OAuthApp | null;
  /** Companies bring a client of their own, kept with the connection, in place of `app`. */
  readonly usesCompanyApp: boolean;
  /** Its own addresses, and not a sandbox: no place for a test company. */
  readonly isReal: boolean;
  /** Where the provider sends the browser back to, below PUBLIC_URL: "/api/v1/integrations/slack/callback". */
  readonly callbackPath: string;
  /** Whether it gives `state` back. Where not, the signed cookie alone has to do. */
  readonly hasState: boolean;
  readonly usesPkce: boolean;
  readonly scopes: readonly string[];
  /** Where the person is sent to. */
  authorizeUrl(request: {
    app: OAuthApp;
    redirectUri: string;
    state: string;
    /** S256, with `usesPkce`. */
    codeChallenge: string | null;
  }): URL;
  /** Trades the code of the callback; `query` has the callback's other parameters (QuickBooks: realmId). */
  exchange(request: {
    app: OAuthApp;
    code: string;
    redirectUri: string;
    codeVerifier: string | null;
    query: Readonly<Record<string, string>>;
    signal: AbortSignal;
  }): Promise<NewGrant>;
  /** Null where access tokens do not end. */
  refresh: ((request: Credentialed) => Promise<Grant>) | null;
  /** Withdraws the grant. What is withdrawn already is withdrawn. */
  revoke(request: Credentialed): Promise<void>;
  /** Asks for something small to see that the connection works; answers the account's name. */
  check(request: { accessToken: string; externalId: string; signal: AbortSignal }): Promise<{
    externalName: string | null;
  }>;
}

/** What connections are made and used with. */
export interface ConnectionServices {
  readonly keys: KeyRing;
  readonly providers: ReadonlyMap<ProviderName, OAuthProvider>;
}

/** A secret for PKCE (RFC 7636), and what of it may be shown before. */
export function createPkce(): { codeVerifier: string; codeChallenge: string } {
  const codeVerifier = randomBytes(32).toString("base64url");
  const codeChallenge = createHash("sha256").update(codeVerifier).digest("base64url");
  return { codeVerifier, codeChallenge };
}
