import { timingSafeEqual } from "node:crypto";
import { requireFeature } from "../../actions/require-plan.ts";
import { NotFound, Unauthenticated } from "../../errors.ts";
import { findApiToken } from "../../db/api-tokens.ts";
import { findAppIdentity } from "../../db/app-access.ts";
import { findCompany, type CompanyRow } from "../../db/companies.ts";
import { findRole, type Role } from "../../db/company-members.ts";
import { findSession, type IdentityRow } from "../../db/sessions.ts";
import { hashToken } from "../../platform/tokens.ts";
import type { ApiServices, Caller } from "../context.ts";
import { resourceOf } from "../oauth/authorization-request.ts";
import { scopes as knownScopes, type Scope } from "../scopes.ts";

export interface Identity {
  user: IdentityRow;
  caller: Caller;
  hasRateLimit: boolean;
  company: CompanyRow | undefined;
  role: Role | undefined;
}

export interface Authenticator {
  /**
   * Who sends this Authorization header, and about which company (API.md rules 2 and 4). Throws
   * Unauthenticated; NotFound for a company that is not theirs.
   */
  identify(headers: {
    authorization?: string | undefined;
    companyId?: string | undefined;
  }): Promise<Identity>;
  /** Forgets what was remembered: after a sign-out, a revocation, a changed company or role. */
  forget(): void;
}

/** More callers than this at once, and the oldest are looked up again. */
const rememberedMax = 10_000;

/**
 * Callers are remembered for a moment (`identityCacheMs`), so that a busy caller costs no query per
 * request. A test company is read every time: its clock may have moved in another process.
 */
export function createAuthenticator({
  sql,
  clock,
  settings,
  publicUrl,
}: ApiServices): Authenticator {
  const remembered = new Map<string, { at: number; tokenHash: Buffer; identity: Identity }>();
  // Counts forget() calls: what was read before one must not be remembered after it.
  let generation = 0;

  return {
    async identify({ authorization, companyId: companyHeader }) {
      const token = bearerOf(authorization);
      const tokenHash = hashToken(token);
      const wanted = companyHeader === undefined ? undefined : companyIdOf(companyHeader);
      const key = `${tokenHash.toString("base64")} ${wanted ?? ""}`;
      const now = clock.now();

      const known = remembered.get(key);
      if (
        known !== undefined &&
        now.getTime() - known.at < settings.identityCacheMs &&
        timingSafeEqual(known.tokenHash, tokenHash) &&
        (known.identity.user.expiresAt === null || known.identity.user.expiresAt > now)
      ) {
        const { identity } = known;
        if (identity.company === undefined || identity.company.testNow === null) return identity;
        const company = await findCompany(sql, identity.company.id);
        if (company !== undefined) return { ...identity, company };
      }

      const started = generation;
      const identity = await lookUp(token, tokenHash, wanted, now);
      if (started === generation && settings.identityCacheMs > 0) {
        remembered.delete(key);
        remembered.set(key, { at: now.getTime(), tokenHash, identity });
        if (remembered.size > rememberedMax) {
          const oldest = remembered.keys().next().value;
          if (oldest !== undefined) remembered.delete(oldest);
        }
      }
      return identity;
    },

    forget() {
      generation += 1;
      remembered.clear();
    },
  };

  async function lookUp(
    token: string,
    tokenHash: Buffer,
    wanted: number | undefined,
    now: Date,
  ): Promise<Identity> {
    const isSession = !/^nlo?_/.test(token);
    const user = isSession
      ? await findSession(sql, { tokenHash, now })
      : token.startsWith("nlo_")
        ? await findAppIdentity(sql, { tokenHash, audience: resourceOf(publicUrl()), now })
        : await findApiToken(sql, { tokenHash, now });
    if (user === undefined) throw new Unauthenticated();
    const caller: Caller = {
      kind: isSession ? "session" : "token",
      id: user.callerId,
      scopes:
        user.scopes === null ? "all" : knownScopes.filter((scope) => user.scopes?.includes(scope)),
    };

    if (wanted !== undefined && user.tokenCompanyId !== null && wanted !== user.tokenCompanyId) {
      throw new NotFound("Company");
    }
    const companyId = wanted ?? user.tokenCompanyId ?? user.currentCompanyId;
    if (companyId === null) {
      return { user, caller, hasRateLimit: user.hasRateLimit, company: undefined, role: undefined };
    }
    const [company, role] = await Promise.all([
      findCompany(sql, companyId),
      findRole(sql, { companyId, userId: user.id }),
    ]);
    if (company === undefined || role === undefined) {
      // Asked for by name, or all this token is for: not theirs. A stale "current" one is just none.
      if (wanted !== undefined || user.tokenCompanyId !== null) throw new NotFound("Company");
      return { user, caller, hasRateLimit: user.hasRateLimit, company: undefined, role: undefined };
    }
    if (!isSession) requireFeature(company, "apiAccess");
    return { user, caller, hasRateLimit: user.hasRateLimit, company, role };
  }
}

/** Whether what the caller was granted covers this scope. */
export function allows(caller: Caller, scope: Scope): boolean {
  return caller.scopes === "all" || caller.scopes.includes(scope);
}

function bearerOf(authorization: string | undefined): string {
  const match = /^Bearer +([\x21-\x7e]{8,200})$/i.exec(authorization ?? "");
  const token = match?.[1];
  if (token === undefined) throw new Unauthenticated();
  return token;
}

function companyIdOf(header: string): number {
  if (!/^[1-9]\d{0,14}$/.test(header)) throw new NotFound("Company");
  return Number(header);
}
