import type { ProviderName } from "../platform/oauth.ts";
import type { Sql, Tx } from "./client.ts";

/** Somebody on the way to a provider's page and back. */
export interface OAuthAttempt {
  companyId: number;
  provider: ProviderName;
  userId: number;
  sessionId: number;
  redirectUri: string;
  codeVerifier: string | null;
  /** Where the browser goes at last. */
  returnTo: string;
}

export async function insertOAuthAttempt(
  sql: Sql | Tx,
  attempt: OAuthAttempt & { stateHash: Buffer; browserHash: Buffer; now: Date; expiresAt: Date },
): Promise<void> {
  await sql`
    insert into oauth_attempts (
      state_hash, browser_hash, company_id, provider, user_id, session_id, redirect_uri,
      code_verifier, return_to, created_at, expires_at
    )
    values (
      ${attempt.stateHash}, ${attempt.browserHash}, ${attempt.companyId}, ${attempt.provider},
      ${attempt.userId}, ${attempt.sessionId}, ${attempt.redirectUri}, ${attempt.codeVerifier},
      ${attempt.returnTo}, ${attempt.now}, ${attempt.expiresAt}
    )
  `;
}

/**
 * Takes the attempt this browser began, while its session lasts: nobody gets it a second time.
 * Undefined when it is gone, too old, or another browser's.
 */
export async function takeOAuthAttempt(
  sql: Sql | Tx,
  key: { provider: ProviderName; stateHash: Buffer; browserHash: Buffer; now: Date },
): Promise<OAuthAttempt | undefined> {
  const [row] = await sql<OAuthAttempt[]>`
    delete from oauth_attempts
    using sessions
    where oauth_attempts.state_hash = ${key.stateHash}
      and oauth_attempts.browser_hash = ${key.browserHash}
      and oauth_attempts.provider = ${key.provider}
      and oauth_attempts.expires_at > ${key.now}
      and sessions.id = oauth_attempts.session_id
      and sessions.revoked_at is null
      and sessions.expires_at > ${key.now}
    returning
      oauth_attempts.company_id, oauth_attempts.provider, oauth_attempts.user_id,
      oauth_attempts.session_id, oauth_attempts.redirect_uri, oauth_attempts.code_verifier,
      oauth_attempts.return_to
  `;
  return row;
}

/** Deletes up to `limit` attempts that nobody came back from. Returns how many. */
export async function deleteOAuthAttemptsBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from oauth_attempts
    where state_hash in (
      select state_hash from oauth_attempts where expires_at < ${before} limit ${limit}
    )
    returning 1
  `;
  return rows.length;
}
