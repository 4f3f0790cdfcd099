import { createHash } from "node:crypto";
import type { SandboxClock } from "./clock.ts";
import type { GrantRules, SandboxAnswer, SandboxRequest } from "./provider.ts";

/** What is granted, in no provider's words yet. */
export interface SandboxGrant {
  accessToken: string;
  /** Seconds. */
  expiresIn: number | null;
  refreshToken: string | null;
  scope: string;
}

/** Why nothing is granted, as RFC 6749 calls it. */
export interface SandboxRefusal {
  error: "invalid_grant" | "invalid_client" | "invalid_request" | "unsupported_grant_type";
  description: string;
}

/** Clients, codes and tokens of one provider: who may do what, and until when. */
export interface OAuthServer {
  readonly client: { id: string; secret: string };
  /**
   * The page where a person would agree: agrees at once and sends the browser back.
   *
   * @param extra further parameters of the way back, e.g. realmId
   */
  approve: (request: SandboxRequest, extra?: Record<string, string>) => SandboxAnswer;
  /** Trades a code, once. */
  exchange: (given: {
    clientId: string | null;
    clientSecret: string | null;
    code: string | null;
    redirectUri: string | null;
    codeVerifier?: string | null;
  }) => SandboxGrant | SandboxRefusal;
  refresh: (given: {
    clientId: string | null;
    clientSecret: string | null;
    refreshToken: string | null;
  }) => SandboxGrant | SandboxRefusal;
  /** Withdraws the whole grant that a token belongs to. False when there is none. */
  revoke: (token: string | null) => boolean;
  /** Whether a token lets its bearer in. */
  judge: (accessToken: string | undefined) => "valid" | "expired" | "unknown";
  /** Withdraws everything, as somebody does on the provider's own page. */
  revokeAll: () => void;
  /** Ends all access tokens now; refresh tokens go on. */
  expireAccess: () => void;
  /** The next person to be asked says no. */
  denyNext: () => void;
  reset: () => void;
}

interface Grant {
  scope: string;
  refreshToken: string | null;
  /** When `refreshToken` was made. */
  madeAt: number;
  /** The one before, and until when it works too. */
  previous: { token: string; endsAt: number } | null;
  isRevoked: boolean;
}

interface Code {
  redirectUri: string;
  challenge: string | null;
  scope: string;
  endsAt: number;
}

export function createOAuthServer(
  name: string,
  rules: GrantRules,
  { clock, client }: { clock: SandboxClock; client: { id: string; secret: string } },
): OAuthServer {
  const codes = new Map<string, Code>();
  const access = new Map<string, { grant: Grant; endsAt: number | null }>();
  const grants: Grant[] = [];
  let isDenying = false;
  let counter = 0;
  const nextToken = (kind: string) => {
    counter += 1;
    return `${name}-${kind}-${counter}`;
  };

  function issue(grant: Grant): SandboxGrant {
    const accessToken = nextToken("access");
    const endsAt = rules.accessMs === null ? null : clock.now().getTime() + rules.accessMs;
    access.set(accessToken, { grant, endsAt });
    return {
      accessToken,
      expiresIn: rules.accessMs === null ? null : rules.accessMs / 1_000,
      refreshToken: grant.refreshToken,
      scope: grant.scope,
    };
  }

  /** Whether a refresh token is one of this grant that works. */
  function holds({ refreshToken, previous }: Grant, token: string | null): boolean {
    if (token === null) return false;
    if (token === refreshToken) return true;
    return previous?.token === token && previous.endsAt > clock.now().getTime();
  }

  function rotate(grant: Grant): void {
    const { refresh } = rules;
    if (grant.refreshToken === null || refresh === "none" || refresh === "reusable") return;
    const now = clock.now().getTime();
    const age = now - grant.madeAt;
    if (refresh !== "single-use" && age < refresh.rotatesAfterMs) return;
    const graceMs = refresh === "single-use" ? 0 : refresh.graceMs;
    grant.previous = { token: grant.refreshToken, endsAt: now + graceMs };
    grant.refreshToken = nextToken("refresh");
    grant.madeAt = now;
  }

  function isOurClient(id: string | null, secret: string | null): boolean {
    return id === client.id && secret === client.secret;
  }

  return {
    client,

    approve({ query }, extra = {}) {
      const redirectUri = query.get("redirect_uri");
      if (query.get("client_id") !== client.id) return { status: 400, body: "Unknown client_id" };
      if (redirectUri === null || !URL.canParse(redirectUri)) {
        return { status: 400, body: "Invalid redirect_uri" };
      }
      const back = new URL(redirectUri);
      const state = query.get("state");
      if (state !== null) back.searchParams.set("state", state);
      if (isDenying) {
        isDenying = false;
        back.searchParams.set("error", "access_denied");
        return { status: 302, headers: { location: back.href } };
      }
      const code = nextToken("code");
      codes.set(code, {
        redirectUri,
        challenge: query.get("code_challenge"),
        scope: query.get("scope") ?? "",
        endsAt: clock.now().getTime() + rules.codeMs,
      });
      back.searchParams.set("code", code);
      for (const [key, value] of Object.entries(extra)) back.searchParams.set(key, value);
      return { status: 302, headers: { location: back.href } };
    },

    exchange({ clientId, clientSecret, code, redirectUri, codeVerifier = null }) {
      if (!isOurClient(clientId, clientSecret)) return refusal("invalid_client", "Unknown client");
      const known = codes.get(code ?? "");
      codes.delete(code ?? "");
      if (known === undefined) return refusal("invalid_grant", "The code is unknown or was used");
      if (known.endsAt <= clock.now().getTime())
        return refusal("invalid_grant", "The code is too old");
      if (redirectUri !== null && redirectUri !== known.redirectUri) {
        return refusal("invalid_grant", "redirect_uri is another one");
      }
      if (known.challenge !== null && challengeOf(codeVerifier ?? "") !== known.challenge) {
        return refusal("invalid_grant", "code_verifier does not fit");
      }
      const grant: Grant = {
        scope: known.scope,
        refreshToken: rules.refresh === "none" ? null : nextToken("refresh"),
        madeAt: clock.now().getTime(),
        previous: null,
        isRevoked: false,
      };
      grants.push(grant);
      return issue(grant);
    },

    refresh({ clientId, clientSecret, refreshToken }) {
      if (!isOurClient(clientId, clientSecret)) return refusal("invalid_client", "Unknown client");
      const grant = grants.find((each) => !each.isRevoked && holds(each, refreshToken));
      if (grant === undefined) return refusal("invalid_grant", "The refresh token is invalid");
      rotate(grant);
      return issue(grant);
    },

    revoke(token) {
      const grant = access.get(token ?? "")?.grant ?? grants.find((each) => holds(each, token));
      if (grant === undefined || grant.isRevoked) return false;
      grant.isRevoked = true;
      return true;
    },

    judge(accessToken) {
      const known = access.get(accessToken ?? "");
      if (known === undefined || known.grant.isRevoked) return "unknown";
      return known.endsAt !== null && known.endsAt <= clock.now().getTime() ? "expired" : "valid";
    },

    revokeAll() {
      for (const grant of grants) grant.isRevoked = true;
    },
    expireAccess() {
      const now = clock.now().getTime();
      for (const each of access.values()) each.endsAt = Math.min(each.endsAt ?? now, now);
    },
    denyNext() {
      isDenying = true;
    },
    reset() {
      codes.clear();
      access.clear();
      grants.length = 0;
      isDenying = false;
    },
  };
}

function refusal(error: SandboxRefusal["error"], description: string): SandboxRefusal {
  return { error, description };
}

/** S256 of RFC 7636. */
function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}
