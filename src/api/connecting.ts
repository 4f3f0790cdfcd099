import { randomBytes } from "node:crypto";
import { z } from "zod";
import { appOf } from "../actions/use-connection.ts";
import { assertMayConnect, connectProvider } from "../actions/connect-provider.ts";
import { recordAudit } from "../db/audit.ts";
import { findCompany, type CompanyRow } from "../db/companies.ts";
import { findRole } from "../db/company-members.ts";
import { findConnection } from "../db/connections.ts";
import type { Sql } from "../db/client.ts";
import { insertOAuthAttempt, takeOAuthAttempt, type OAuthAttempt } from "../db/oauth-attempts.ts";
import { inTransaction } from "../db/transaction.ts";
import {
  Conflict,
  ConnectionRevoked,
  Failure,
  InvalidInput,
  InvalidPayload,
  NotFound,
  ProviderRejected,
  RateLimited,
} from "../errors.ts";
import { laxCookie } from "../platform/cookies.ts";
import { createPkce, type NewGrant, type OAuthApp, type OAuthProvider } from "../platform/oauth.ts";
import { hashToken } from "../platform/tokens.ts";
import type { Answer } from "./answers.ts";
import type { PublicContext, SignedInContext } from "./context.ts";
import { requireRole } from "./define-route.ts";

/** How long somebody may look at the provider's page. */
const ATTEMPT_MS = 10 * 60_000;
/** A request waits for a provider no longer (API.md, oddities). */
const EXCHANGE_TIMEOUT_MS = 10_000;
const PURPOSE = "oauth state";
const MINIMUM_ROLE = "admin";

/** What may be asked of every connect address. */
export const connectQuery = z.strictObject({
  company_id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, "Must be a company's id.")
    .transform(Number)
    .optional()
    .meta({ type: "integer", description: "Which company. Default: as for every request." }),
  redirect: z
    .enum(["true", "false"])
    .default("true")
    .meta({ description: "false: answer the address in place of sending there." }),
  return_to: z
    .string()
    .max(2_000)
    .optional()
    .meta({ description: "Where the person is sent at last. Default: the console." }),
});

export const connectAnswers = {
  200: z.object({ data: z.object({ url: z.url() }) }),
  302: null,
} as const;

/** What providers send the browser back with, beside their own. */
export const callbackQuery = z
  .object({
    code: z.string().max(4_000).optional(),
    state: z.string().max(1_000).optional(),
    error: z.string().max(1_000).optional(),
  })
  .catchall(z.string().max(4_000));

/**
 * Sends an admin to a provider's page, to let us in there: 302 and a cookie that only this browser has,
 * or with `redirect=false` the address in the answer, for pages that go there themselves.
 *
 * @throws Conflict when the provider is not set up here, or is not for test companies
 */
export async function beginConnecting(
  context: SignedInContext & { sql: Sql },
  provider: OAuthProvider,
  query: z.infer<typeof connectQuery>,
): Promise<Answer> {
  const { sql, services, clock, user, caller } = context;
  const companyId = query.company_id ?? context.company?.id;
  if (companyId === undefined) throw new NotFound("Company");
  const company = await requireCompany(sql, { companyId, userId: user.id });
  assertMayConnect(provider, company);
  const app = await findApp(context, provider, company.id);
  const state = newState(context, provider);
  const browser = randomBytes(32).toString("base64url");
  const redirectUri = `${services.publicUrl()}${provider.callbackPath}`;
  const pkce = provider.usesPkce ? createPkce() : undefined;
  const now = clock.now();
  await insertOAuthAttempt(sql, {
    companyId: company.id,
    provider: provider.name,
    userId: user.id,
    sessionId: caller.id,
    redirectUri,
    codeVerifier: pkce?.codeVerifier ?? null,
    returnTo: checkReturnTo(context, query.return_to),
    stateHash: hashToken(state),
    browserHash: hashToken(browser),
    now,
    expiresAt: new Date(now.getTime() + ATTEMPT_MS),
  });
  const url = provider.authorizeUrl({
    app,
    redirectUri,
    state,
    codeChallenge: pkce?.codeChallenge ?? null,
  });
  const headers = { "Set-Cookie": cookieFor(context, provider, `${browser}~${state}`) };
  return query.redirect === "true"
    ? { status: 302, headers: { ...headers, Location: url.href } }
    : { status: 200, headers, body: { data: { url: url.href } } };
}

/**
 * The way back: takes what this browser began, trades the code, keeps the grant, and sends the person
 * on to where they came from, with `connected=<provider>` or `connect_error=<code>` in the address.
 *
 * @throws InvalidPayload (400) when the code is missing, or nobody of this browser began this
 * @throws ProviderRejected (502) when the provider does not take the code
 */
export async function finishConnecting(
  context: PublicContext & { sql: Sql },
  provider: OAuthProvider,
  query: Readonly<Record<string, string>>,
): Promise<Answer> {
  const attempt = await takeAttempt(context, provider, query["state"]);
  const headers = { "Set-Cookie": cookieFor(context, provider, "") };
  if (query["error"] !== undefined) {
    const code = /^[\w.-]{1,60}$/.test(query["error"]) ? query["error"] : "refused";
    return {
      status: 302,
      headers: {
        ...headers,
        ...locationOf(attempt, { connect_error: code, provider: provider.name }),
      },
    };
  }
  const { code } = query;
  if (code === undefined || code === "") throw missing(provider);
  const { sql } = context;
  // Things may have changed while the person was away.
  const company = await requireCompany(sql, attempt);
  const app = await findApp(context, provider, company.id);
  const grant = await exchange(provider, { app, code, attempt, query });
  await inTransaction(sql, async (tx) => {
    await connectProvider(tx, {
      keys: context.services.connectors.connections.keys,
      provider,
      company,
      grant,
      redirectUri: attempt.redirectUri,
      userId: attempt.userId,
      now: context.clock.now(),
    });
    await recordAudit(tx, {
      companyId: company.id,
      userId: attempt.userId,
      action: "connection.connected",
      subjectType: "connection",
      details: { provider: provider.name, account: grant.externalId },
      requestId: context.requestId,
    });
  });
  return {
    status: 302,
    headers: { ...headers, ...locationOf(attempt, { connected: provider.name }) },
  };
}

/** Only an admin may connect a company. */
async function requireCompany(
  sql: Sql,
  { companyId, userId }: { companyId: number; userId: number },
): Promise<CompanyRow> {
  const [company, role] = await Promise.all([
    findCompany(sql, companyId),
    findRole(sql, { companyId, userId }),
  ]);
  if (company === undefined || role === undefined) throw new NotFound("Company");
  requireRole(role, MINIMUM_ROLE);
  return company;
}

/** The provider of an address. */
export function getProvider({ services }: PublicContext, name: string): OAuthProvider {
  for (const provider of services.connectors.connections.providers.values()) {
    if (provider.name === name) return provider;
  }
  throw new NotFound("Integration");
}

async function findApp(
  { sql, services }: PublicContext & { sql: Sql },
  provider: OAuthProvider,
  companyId: number,
): Promise<OAuthApp> {
  const { keys } = services.connectors.connections;
  const row = await findConnection(sql, { companyId, provider: provider.name });
  const hasOne = provider.usesCompanyApp
    ? row !== undefined && row.appCredentials !== null
    : provider.app !== null;
  if (keys.ids.length === 0 || !hasOne) {
    throw new Conflict(
      provider.usesCompanyApp && keys.ids.length > 0
        ? `Save the credentials of your ${provider.title} app first.`
        : `${provider.title} is not set up here; whoever runs this installation can do so.`,
      { code: "provider_not_set_up" },
    );
  }
  if (provider.app !== null && !provider.usesCompanyApp) return provider.app;
  if (row === undefined) throw new NotFound("Connection");
  return appOf(services, provider, row);
}

async function exchange(
  provider: OAuthProvider,
  {
    app,
    code,
    attempt,
    query,
  }: {
    app: OAuthApp;
    code: string;
    attempt: OAuthAttempt;
    query: Readonly<Record<string, string>>;
  },
): Promise<NewGrant> {
  const { redirectUri, codeVerifier } = attempt;
  const signal = AbortSignal.timeout(EXCHANGE_TIMEOUT_MS);
  try {
    return await provider.exchange({ app, code, redirectUri, codeVerifier, query, signal });
  } catch (error) {
    // A code is used once: whatever went wrong, the person has to begin anew.
    if (error instanceof RateLimited || error instanceof InvalidInput) throw error;
    throw new ProviderRejected("Failed to exchange code for tokens.", {
      cause: error,
      code: error instanceof ConnectionRevoked ? "code_refused" : codeOf(error),
    });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Failure ? error.code : "exchange_failed";
}

/** Random, and signed, so that a made-up one costs nobody a look into the database. */
function newState({ services }: PublicContext, { name }: OAuthProvider): string {
  const nonce = randomBytes(24).toString("base64url");
  const { keys } = services.connectors.connections;
  return `${nonce}.${keys.sign(`${name} ${nonce}`, PURPOSE)}`;
}

async function takeAttempt(
  { sql, services, clock, cookie }: PublicContext & { sql: Sql },
  provider: OAuthProvider,
  given: string | undefined,
): Promise<OAuthAttempt> {
  const [browser, kept] = (cookie(cookieName(provider)) ?? "").split("~");
  const state = provider.hasState ? given : kept;
  if (browser === undefined || browser === "" || state === undefined) throw missing(provider);
  const [nonce = "", ...signature] = state.split(".");
  const { keys } = services.connectors.connections;
  const isOurs =
    kept === state && keys.isSignature(signature.join("."), `${provider.name} ${nonce}`, PURPOSE);
  const attempt = isOurs
    ? await takeOAuthAttempt(sql, {
        provider: provider.name,
        stateHash: hashToken(state),
        browserHash: hashToken(browser),
        now: clock.now(),
      })
    : undefined;
  if (attempt !== undefined) return attempt;
  throw new InvalidPayload("Invalid session. Please try connecting again.", {
    code: "invalid_state",
  });
}

function missing({ hasState }: OAuthProvider): InvalidPayload {
  return new InvalidPayload(
    `Missing authorization code or ${hasState ? "state" : "session cookie"}. Please try connecting again.`,
    { code: "missing_code" },
  );
}

function cookieName({ name }: OAuthProvider): string {
  return `nightledger_oauth_${name}`;
}

function cookieFor({ services }: PublicContext, provider: OAuthProvider, value: string): string {
  const { protocol, pathname } = new URL(`${services.publicUrl()}${provider.callbackPath}`);
  return laxCookie(cookieName(provider), value, {
    path: pathname,
    maxAgeMs: ATTEMPT_MS,
    isSecure: protocol === "https:",
  });
}

/** Only to ourselves, or to a page that may call us: nobody is sent on to a stranger's. */
function checkReturnTo({ services }: PublicContext, given: string | undefined): string {
  const own = `${services.publicUrl()}/console`;
  if (given === undefined) return own;
  const url = URL.canParse(given, own) ? new URL(given, own) : undefined;
  const allowed = [new URL(own).origin, ...services.settings.corsOrigins];
  if (url === undefined || !allowed.includes(url.origin)) {
    throw new InvalidInput({
      return_to: ["Must be an address of this installation, or of an origin in CORS_ORIGINS."],
    });
  }
  return url.href;
}

function locationOf(
  { returnTo }: OAuthAttempt,
  parameters: Readonly<Record<string, string>>,
): { Location: string } {
  const url = new URL(returnTo);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { Location: url.href };
}
