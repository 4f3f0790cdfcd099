import { randomBytes } from "node:crypto";
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { Failure, ProviderRejected, ProviderUnavailable } from "../../errors.ts";
import { failureOfStatus, type HttpClient } from "../../platform/http-client.ts";
import { createPkce, type OAuthApp } from "../../platform/oauth.ts";
import { isSameSecret } from "../../platform/tokens.ts";
import type { GooglePerson, GoogleSignIn } from "../contract.ts";
import { askForTokens } from "../token-endpoint.ts";
import { PENDING_MS, readPending, signPending } from "./pending.ts";
import { Claims, Discovery } from "./schemas.ts";

/** Together the ten seconds that a request may wait for a provider, in milliseconds. */
const ANSWERS_MS_MAX = 7_500;
const KEYS_MS_MAX = 2_500;
/** How long Google's addresses are taken to be where they were, in milliseconds. */
const DISCOVERY_KEPT_MS = 3_600_000;
/** By how many seconds Google's clock and ours may differ. */
const CLOCK_TOLERANCE_SECONDS = 60;
/** How long to stay away when Google does not say, in milliseconds. */
const WAIT_MS = 30_000;

export interface GoogleSignInOptions {
  app: OAuthApp;
  /** `https://accounts.google.com`, or a sandbox in its place. */
  issuerUrl: string;
  http: HttpClient;
}

interface Known {
  at: number;
  addresses: Discovery;
  keys: JWTVerifyGetKey;
}

/** Signing in with a Google account: authorization code with PKCE, OpenID Connect Core 1.0 section 3.1. */
export function createGoogleSignIn({ app, issuerUrl, http }: GoogleSignInOptions): GoogleSignIn {
  let known: Known | undefined;

  return {
    pendingMs: PENDING_MS,

    async begin({ redirectUri, now }) {
      const { addresses } = await withinTime((signal) => discover(now, signal));
      const [state, nonce] = [secret(), secret()];
      const { codeVerifier, codeChallenge } = createPkce();
      const url = new URL(addresses.authorization_endpoint);
      const query = {
        client_id: app.clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        scope: "openid email profile",
        state,
        nonce,
        code_challenge: codeChallenge,
        code_challenge_method: "S256",
        prompt: "select_account",
      };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      const until = now.getTime() + PENDING_MS;
      const kept = signPending({ state, nonce, codeVerifier, until }, app.clientSecret);
      return { url: url.href, kept };
    },

    recall(kept, { state, now }) {
      const pending = readPending(kept, { secret: app.clientSecret, now });
      return pending !== undefined && isSameSecret(pending.state, state) ? pending : undefined;
    },

    async finish({ code, pending, redirectUri, now }) {
      const { known: found, idToken } = await withinTime(async (signal) => {
        const place = await discover(now, signal);
        const answer = await askForTokens(http, {
          url: place.addresses.token_endpoint,
          app,
          clientIn: "body",
          fields: {
            grant_type: "authorization_code",
            code,
            redirect_uri: redirectUri,
            code_verifier: pending.codeVerifier,
          },
          signal,
        });
        return { known: place, idToken: answer["id_token"] };
      });
      if (typeof idToken !== "string") throw rejected("its answer holds no ID token");
      return await readIdToken(idToken, { ...found, nonce: pending.nonce, now });
    },
  };

  async function discover(now: Date, signal: AbortSignal): Promise<Known> {
    const at = now.getTime();
    if (known !== undefined && at - known.at < DISCOVERY_KEPT_MS) return known;
    const url = `${issuerUrl}/.well-known/openid-configuration`;
    const answer = await http.send({ method: "GET", url, signal });
    const failure = failureOfStatus(answer, { waitMs: WAIT_MS });
    if (failure !== undefined) throw failure;
    if (answer.status !== 200) throw rejected(`its configuration answered ${answer.status}`);
    const addresses = answer.read(Discovery);
    if (addresses.issuer.replace(/\/+$/, "") !== issuerUrl) {
      throw rejected("its configuration names another issuer");
    }
    const keys = createRemoteJWKSet(new URL(addresses.jwks_uri), {
      timeoutDuration: KEYS_MS_MAX,
      [customFetch]: http.fetch,
    });
    known = { at, addresses, keys };
    return known;
  }

  async function readIdToken(
    idToken: string,
    { addresses, keys, nonce, now }: Known & { nonce: string; now: Date },
  ): Promise<GooglePerson> {
    const { issuer } = addresses;
    try {
      const { payload } = await jwtVerify(idToken, keys, {
        // Google's tokens may name it without the scheme.
        issuer: [issuer, issuer.replace(/^https:\/\//, "")],
        audience: app.clientId,
        algorithms: ["RS256"],
        requiredClaims: ["exp", "iat"],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: now,
      });
      const claims = readClaims(payload);
      if (!isSameSecret(claims.nonce, nonce)) {
        throw rejected("its ID token answers another request");
      }
      if (claims.azp !== undefined && claims.azp !== app.clientId) {
        throw rejected("its ID token was made for another client");
      }
      return {
        subject: claims.sub,
        email: claims.email,
        isEmailVerified: claims.email_verified,
        name: claims.name,
        pictureUrl: claims.picture,
      };
    } catch (error) {
      throw idTokenFailure(error);
    }
  }
}

function secret(): string {
  return randomBytes(32).toString("base64url");
}

async function withinTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(ANSWERS_MS_MAX);
  try {
    return await work(signal);
  } catch (error) {
    if (error instanceof Failure || !signal.aborted) throw error;
    throw new ProviderUnavailable("Google: it took too long to answer.", { cause: error });
  }
}

function readClaims(payload: unknown): z.infer<typeof Claims> {
  const parsed = Claims.safeParse(payload);
  if (parsed.success) return parsed.data;
  // Names the claim only: its value may be an address.
  throw rejected(
    `its ID token has no usable ${parsed.error.issues[0]?.path.join(".") ?? "claims"}`,
  );
}

/**
 * A signature or claim that is wrong is the token's fault; keys that cannot be had are Google's. The
 * library's error is not passed on, for it carries the claims, and they are personal.
 */
function idTokenFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { JOSEError, JWKSTimeout, JWTClaimValidationFailed } = errors;
  if (
    !(error instanceof JOSEError) ||
    error instanceof JWKSTimeout ||
    error.code === JOSEError.code
  ) {
    return new ProviderUnavailable("Google: its keys cannot be had.", { cause: error });
  }
  const claim = error instanceof JWTClaimValidationFailed ? ` ${error.claim}` : "";
  return rejected(`its ID token is not valid (${error.code}${claim})`);
}

function rejected(what: string): ProviderRejected {
  return new ProviderRejected(`Google: ${what}.`);
}
