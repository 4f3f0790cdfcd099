import OAuth2Server from "@node-oauth/oauth2-server";
import { timingSafeEqual } from "node:crypto";
import { endAppAccess, type AccessEnd } from "../../actions/app-access.ts";
import { prolongAppAccess } from "../../db/app-access.ts";
import type { Tx } from "../../db/client.ts";
import { findOAuthClient, type OAuthClientRow } from "../../db/oauth-clients.ts";
import {
  insertOAuthToken,
  lockOAuthToken,
  markOAuthTokenUsed,
  type OAuthTokenRow,
} from "../../db/oauth-tokens.ts";
import { createToken, hashToken } from "../../platform/tokens.ts";
import { resourceOf, type AuthorizationRequest } from "./authorization-request.ts";

/** The app has this long to come with its code. */
export const CODE_MS = 60_000;
const ACCESS_TOKEN_MS = 3_600_000;
/** An app that does nothing for so long has to ask again. */
const REFRESH_TOKEN_MS = 30 * 86_400_000;
/** And every app has, once a year. */
const ACCESS_MS = 365 * 86_400_000;

/** By our clock a token is good when the library is told of it: its own comparison must not say no. */
const GOOD_FOR_THE_LIBRARY = new Date(8.64e15);

/** What a 401 has beside it: how apps show who they are (RFC 6749, section 5.2). */
export const CHALLENGE = { "WWW-Authenticate": 'Basic realm="nightledger"' };

/** For whom an app gets codes and tokens. */
interface Access {
  companyId: number;
  accessId: number;
}

interface Working {
  /** Who issues: the address of this installation. */
  issuer: string;
  /** The machine's clock. */
  now: Date;
  requestId: string;
}

/**
 * Answers a request for tokens (RFC 6749, sections 4.1.3 and 6): the library decides, our rows are what
 * it decides by. Whatever it refuses is refused without an error, so that the transaction keeps what the
 * attempt did: a code is spent, an access that was misused has ended.
 */
export async function issueTokens(
  tx: Tx,
  request: { headers: Record<string, string>; form: URLSearchParams },
  working: Working,
): Promise<{ status: number; headers: Record<string, string>; body: unknown }> {
  const asked = new OAuth2Server.Request({
    headers: request.headers,
    method: "POST",
    query: {},
    body: Object.fromEntries(request.form),
  });
  const response = new OAuth2Server.Response();
  try {
    const redirectUri = request.form.get("redirect_uri");
    await createServer(tx, working, redirectUri).token(asked, response, {
      accessTokenLifetime: ACCESS_TOKEN_MS / 1_000,
      // A public client has no secret; `getClient` refuses a confidential one that does not show its own.
      requireClientAuthentication: { authorization_code: false, refresh_token: false },
    });
  } catch (error) {
    if (!(error instanceof OAuth2Server.OAuthError) || error.code >= 500) throw causeOf(error);
    // The library says 400 where the secret is in the form.
    if (error.name === "invalid_client") {
      return { status: 401, headers: CHALLENGE, body: response.body };
    }
  }
  return { status: response.status ?? 200, headers: response.headers ?? {}, body: response.body };
}

/** Gives an app that a person has just let in the address to send the browser to, with a code in it. */
export async function issueCode(
  tx: Tx,
  request: AuthorizationRequest,
  { access, working }: { access: Access; working: Working },
): Promise<string> {
  const asked = new OAuth2Server.Request({
    headers: {},
    method: "GET",
    query: {
      client_id: request.client.identifier,
      redirect_uri: request.redirectUri,
      response_type: "code",
      scope: request.scopes.join(" "),
      code_challenge: request.codeChallenge,
      code_challenge_method: "S256",
    },
  });
  try {
    const { authorizationCode } = await createServer(tx, working).authorize(
      asked,
      new OAuth2Server.Response(),
      { allowEmptyState: true, authenticateHandler: { handle: () => access } },
    );
    return authorizationCode;
  } catch (error) {
    throw causeOf(error);
  }
}

/** What our own code threw, which the library packs into an error of its own. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && "inner" in error ? error.inner : error;
}

/** Whether a client shows what it is to show: a confidential one its secret, a public one none. */
export function isAuthentic(client: OAuthClientRow, secret: string | undefined): boolean {
  if (client.secretHash === null) return secret === undefined || secret === "";
  return secret !== undefined && timingSafeEqual(hashToken(secret), client.secretHash);
}

/** Ids and secrets come form-encoded in an Authorization header (RFC 6749, section 2.3.1); ours have no %. */
export function decodeCredential(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The library, on one transaction; `redirectUri` is what comes with a code. */
function createServer(tx: Tx, working: Working, redirectUri: string | null = null): OAuth2Server {
  const { now } = working;
  return new OAuth2Server({
    model: {
      async getClient(identifier: string, secret: string | null | undefined) {
        const client = await findOAuthClient(tx, decodeCredential(identifier));
        if (client === undefined) return null;
        // null: where people decide, an app only says who it is.
        const given =
          secret === null || secret === undefined ? undefined : decodeCredential(secret);
        if (secret !== null && !isAuthentic(client, given)) return null;
        return describeClient(client.identifier, client.redirectUris);
      },
      // authorization-request.ts has looked at it, and knows of the ports of loopback addresses.
      validateRedirectUri: async () => true,

      generateAuthorizationCode: async () => createToken("nlac"),
      async saveAuthorizationCode(code, client, user: Access) {
        await insertOAuthToken(tx, {
          ...user,
          kind: "code",
          tokenHash: hashToken(code.authorizationCode),
          scopes: code.scope ?? [],
          redirectUri: code.redirectUri,
          codeChallenge: code.codeChallenge ?? "",
          now,
          expiresAt: new Date(now.getTime() + CODE_MS),
        });
        return { ...code, client, user };
      },
      async getAuthorizationCode(code) {
        const row = await findGood(tx, { value: code, kind: "code" }, "code_replayed", working);
        return (
          row && {
            authorizationCode: code,
            expiresAt: GOOD_FOR_THE_LIBRARY,
            redirectUri: row.redirectUri ?? "",
            codeChallenge: row.codeChallenge ?? "",
            codeChallengeMethod: "S256",
            scope: row.scopes,
            client: describeClient(row.clientIdentifier),
            user: { row },
          }
        );
      },
      async revokeAuthorizationCode(code) {
        await markOAuthTokenUsed(tx, { tokenHash: hashToken(code.authorizationCode), now });
        // The library would call it an invalid_request; one that is missing is (RFC 6749, section 5.2).
        if (redirectUri !== null && redirectUri !== code.redirectUri) {
          throw new OAuth2Server.InvalidGrantError("redirect_uri is not that of the code.");
        }
        return true;
      },

      async getRefreshToken(refreshToken) {
        const token = { value: refreshToken, kind: "refresh" } as const;
        const row = await findGood(tx, token, "token_replayed", working);
        return (
          row && {
            refreshToken,
            refreshTokenExpiresAt: GOOD_FOR_THE_LIBRARY,
            scope: row.scopes,
            client: describeClient(row.clientIdentifier),
            user: { row, spends: hashToken(refreshToken) },
          }
        );
      },
      // Spent in saveToken: the library still has to look at the scopes, and who asks for too much keeps
      // what they have.
      revokeToken: async () => true,

      generateAccessToken: async () => createToken("nlo"),
      generateRefreshToken: async () => createToken("nlor"),
      async saveToken(token, client, user: { row: OAuthTokenRow; spends?: Buffer }) {
        const { row, spends } = user;
        if (spends !== undefined) await markOAuthTokenUsed(tx, { tokenHash: spends, now });
        await saveTokens(tx, row, { ...token, now });
        return { ...token, client, user };
      },

      // Requests to the API are not the library's: see middleware/authenticate.ts.
      getAccessToken: async () => null,
    },
  });
}

/**
 * A code or refresh token that may be traded now. One that was traded before has somebody else's hands
 * on it: then all that came of it ends (RFC 6749, section 4.1.2; RFC 9700, section 4.14.2).
 */
async function findGood(
  tx: Tx,
  { value, kind }: { value: string; kind: "code" | "refresh" },
  misuse: AccessEnd,
  { issuer, now, requestId }: Working,
): Promise<OAuthTokenRow | undefined> {
  const row = await lockOAuthToken(tx, { tokenHash: hashToken(value), kind });
  if (row === undefined || row.isRevoked || row.audience !== resourceOf(issuer)) return undefined;
  if (row.usedAt !== null) {
    const access = { companyId: row.companyId, id: row.accessId };
    await endAppAccess(tx, access, { because: misuse, causerId: null, requestId, now });
    return undefined;
  }
  return row.expiresAt > now ? row : undefined;
}

async function saveTokens(
  tx: Tx,
  { companyId, accessId, grantedAt, scopes: allScopes }: OAuthTokenRow,
  token: {
    accessToken: string;
    refreshToken?: string | undefined;
    scope?: string[] | undefined;
    now: Date;
  },
): Promise<void> {
  const { accessToken, refreshToken = "", scope = allScopes, now } = token;
  const last = grantedAt.getTime() + ACCESS_MS;
  const until = (ms: number): Date => new Date(Math.min(now.getTime() + ms, last));
  const shared = { companyId, accessId, now };
  await insertOAuthToken(tx, {
    ...shared,
    kind: "access",
    tokenHash: hashToken(accessToken),
    scopes: scope,
    expiresAt: until(ACCESS_TOKEN_MS),
  });
  // A narrower access token leaves the refresh token as it was (RFC 6749, section 6).
  await insertOAuthToken(tx, {
    ...shared,
    kind: "refresh",
    tokenHash: hashToken(refreshToken),
    scopes: allScopes,
    expiresAt: until(REFRESH_TOKEN_MS),
  });
  await prolongAppAccess(tx, { companyId, id: accessId, until: until(REFRESH_TOKEN_MS) });
}

function describeClient(id: string, redirectUris: string[] = []): OAuth2Server.Client {
  return { id, redirectUris, grants: ["authorization_code", "refresh_token"] };
}
