import type { SandboxGrant, SandboxRefusal } from "../oauth.ts";
import type { SandboxAnswer, SandboxRoute, World } from "../provider.ts";
import { certs, signToken, type Signature } from "./id-tokens.ts";

/** How long an ID token is good, in seconds. */
const ID_TOKEN_S = 3_600;

/** An account as an ID token tells it. */
type Account = Record<string, unknown> & { sub: string };

/** What was agreed to on the page. */
interface Agreed {
  /** We may come back while the person is away. */
  isOffline: boolean;
  scopes: readonly string[];
  nonce: string | null;
  account: Account;
}

const ADA: Account = {
  sub: "100000000000000000001",
  email: "ada@sandbox.test",
  email_verified: true,
  name: "Ada Lovelace",
  given_name: "Ada",
  family_name: "Lovelace",
};

/**
 * Authorization codes, tokens, and who somebody is (OpenID Connect). Also, JSON, without a key:
 *
 * - POST /dashboard/account {"sub", "email", "email_verified", "name", "picture"}: who is signed in, in
 *   the browser that comes next
 * - POST /dashboard/untick {"scopes"}: what the person who comes next does not grant
 * - POST /dashboard/id-tokens {"claims", "signature"}: what is wrong with ID tokens from now on, null
 *   takes a claim away, the signature may be "foreign" or "none"; {} makes them right again
 */
export function createSignIn({ oauth, clock, url }: World): {
  routes: SandboxRoute[];
  /** Whether an access token was granted one of these scopes. */
  isGranted: (accessToken: string | undefined, scopes: readonly string[]) => boolean;
} {
  const agreed = new Map<string, Agreed>();
  const granted = new Map<string, readonly string[]>();
  let unticked: readonly string[] = [];
  let account = ADA;
  let wrong: { claims: object; signature: Signature } = { claims: {}, signature: "own" };

  function makeIdToken({ account: person, scopes, nonce }: Agreed): string {
    const now = Math.floor(clock.now().getTime() / 1_000);
    const { sub, email, email_verified: isVerified, ...profile } = person;
    const claims = {
      iss: url,
      azp: oauth.client.id,
      aud: oauth.client.id,
      sub,
      ...(scopes.includes("email") && { email, email_verified: isVerified }),
      ...(scopes.includes("profile") && profile),
      ...(nonce !== null && { nonce }),
      iat: now,
      exp: now + ID_TOKEN_S,
      ...wrong.claims,
    };
    const told = Object.entries(claims).filter(([, value]) => value !== null);
    return signToken(Object.fromEntries(told), wrong.signature);
  }

  const routes: SandboxRoute[] = [
    {
      method: "GET",
      path: "/.well-known/openid-configuration",
      run: () => ({
        status: 200,
        body: {
          issuer: url,
          authorization_endpoint: `${url}/o/oauth2/v2/auth`,
          token_endpoint: `${url}/token`,
          revocation_endpoint: `${url}/revoke`,
          jwks_uri: `${url}/oauth2/v3/certs`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
          scopes_supported: ["openid", "email", "profile"],
          token_endpoint_auth_methods_supported: ["client_secret_post"],
          code_challenge_methods_supported: ["S256"],
        },
      }),
    },
    { method: "GET", path: "/oauth2/v3/certs", run: () => ({ status: 200, body: certs() }) },
    {
      method: "GET",
      path: "/o/oauth2/v2/auth",
      run(request) {
        const { query } = request;
        const hasChallenge = query.has("code_challenge");
        if (
          query.get("response_type") !== "code" ||
          (query.get("scope") ?? "") === "" ||
          (hasChallenge && query.get("code_challenge_method") !== "S256")
        ) {
          return { status: 400, body: "Error 400: invalid_request" };
        }
        const scopes = (query.get("scope") ?? "")
          .split(" ")
          .filter((one) => !unticked.includes(one));
        unticked = [];
        const ticked = new URLSearchParams(query);
        ticked.set("scope", scopes.join(" "));
        const answer = oauth.approve({ ...request, query: ticked });
        const back = new URL(answer.headers?.["location"] ?? "http://nowhere.test");
        const code = back.searchParams.get("code");
        if (code === null) return answer;
        const isOffline = query.get("access_type") === "offline";
        agreed.set(code, {
          // Who has agreed before is given a refresh token only when asked to agree again.
          isOffline: isOffline && query.get("prompt")?.includes("consent") === true,
          scopes,
          nonce: query.get("nonce"),
          account,
        });
        return answer;
      },
    },
    {
      method: "POST",
      path: "/token",
      run(request) {
        const form = request.form();
        const client = { clientId: form.get("client_id"), clientSecret: form.get("client_secret") };
        if (form.get("grant_type") === "refresh_token") {
          const given = oauth.refresh({ ...client, refreshToken: form.get("refresh_token") });
          // A refresh gives no new one.
          return "error" in given ? refused(given) : give({ ...given, refreshToken: null });
        }
        const code = form.get("code") ?? "";
        const given = oauth.exchange({
          ...client,
          code,
          redirectUri: form.get("redirect_uri"),
          codeVerifier: form.get("code_verifier"),
        });
        if ("error" in given) return refused(given);
        const what = agreed.get(code);
        agreed.delete(code);
        const { refreshToken } = given;
        return give(
          { ...given, refreshToken: what?.isOffline === true ? refreshToken : null },
          what?.scopes.includes("openid") === true ? makeIdToken(what) : undefined,
        );
      },
    },
    {
      method: "POST",
      path: "/revoke",
      run: (request) =>
        oauth.revoke(request.form().get("token"))
          ? { status: 200, body: {} }
          : {
              status: 400,
              body: { error: "invalid_token", error_description: "Token expired or revoked" },
            },
    },
    {
      method: "POST",
      path: "/dashboard/account",
      run(request) {
        const given = fieldsOf(request.json());
        if (typeof given["sub"] !== "string") return { status: 400, body: { error: "no sub" } };
        account = { ...given, sub: given["sub"] };
        return { status: 200, body: account };
      },
    },
    {
      method: "POST",
      path: "/dashboard/untick",
      run(request) {
        const { scopes } = fieldsOf(request.json());
        unticked = Array.isArray(scopes) ? scopes.map(String) : [];
        return { status: 200, body: { scopes: unticked } };
      },
    },
    {
      method: "POST",
      path: "/dashboard/id-tokens",
      run(request) {
        const { claims, signature } = fieldsOf(request.json());
        wrong = {
          claims: fieldsOf(claims),
          signature: signature === "foreign" || signature === "none" ? signature : "own",
        };
        return { status: 200, body: wrong };
      },
    },
  ];

  function give(given: SandboxGrant, idToken?: string): SandboxAnswer {
    granted.set(given.accessToken, given.scope.split(" "));
    return answerOf(given, idToken);
  }

  return {
    routes,
    isGranted: (accessToken, scopes) =>
      granted.get(accessToken ?? "")?.some((scope) => scopes.includes(scope)) === true,
  };
}

function answerOf(given: SandboxGrant, idToken: string | undefined): SandboxAnswer {
  return {
    status: 200,
    body: {
      access_token: given.accessToken,
      expires_in: given.expiresIn,
      scope: given.scope,
      token_type: "Bearer",
      ...(given.refreshToken !== null && { refresh_token: given.refreshToken }),
      ...(idToken !== undefined && { id_token: idToken }),
    },
  };
}

function refused({ error, description }: SandboxRefusal): SandboxAnswer {
  return {
    status: error === "invalid_client" ? 401 : 400,
    body: {
      error,
      error_description:
        error === "invalid_grant" ? "Token has been expired or revoked." : description,
    },
  };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
