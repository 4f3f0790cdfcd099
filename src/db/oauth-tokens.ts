import type { Sql, Tx } from "./client.ts";

/** A code or refresh token that an app came with, and the access it belongs to. */
export interface OAuthTokenRow {
  companyId: number;
  /** The api_tokens row. */
  accessId: number;
  userId: number;
  clientId: number;
  clientIdentifier: string;
  kind: OAuthTokenKind;
  audience: string;
  scopes: string[];
  redirectUri: string | null;
  codeChallenge: string | null;
  expiresAt: Date;
  usedAt: Date | null;
  /** When the person let the app in. */
  grantedAt: Date;
  isRevoked: boolean;
}

export type OAuthTokenKind = "code" | "access" | "refresh";

export async function insertOAuthToken(
  tx: Tx,
  token: {
    companyId: number;
    accessId: number;
    kind: OAuthTokenKind;
    tokenHash: Buffer;
    scopes: readonly string[];
    now: Date;
    expiresAt: Date;
    redirectUri?: string;
    codeChallenge?: string;
  },
): Promise<void> {
  await tx`
    insert into oauth_tokens (
      token_hash, company_id, api_token_id, kind, scopes, redirect_uri, code_challenge, created_at,
      expires_at
    )
    values (
      ${token.tokenHash}, ${token.companyId}, ${token.accessId}, ${token.kind},
      ${[...token.scopes]}::text[], ${token.redirectUri ?? null}, ${token.codeChallenge ?? null},
      ${token.now}, ${token.expiresAt}
    )
  `;
}

/**
 * A token with this value, whether it is still good or not, locked together with its access: of two
 * who come with the same one at once, the second sees that it is used.
 */
export async function lockOAuthToken(
  tx: Tx,
  { tokenHash, kind }: { tokenHash: Buffer; kind: OAuthTokenKind },
): Promise<OAuthTokenRow | undefined> {
  const [row] = await tx<OAuthTokenRow[]>`
    select
      oauth_tokens.company_id, oauth_tokens.api_token_id as access_id, api_tokens.user_id,
      oauth_clients.id as client_id, oauth_clients.identifier as client_identifier,
      oauth_tokens.kind, api_tokens.audience, oauth_tokens.scopes, oauth_tokens.redirect_uri,
      oauth_tokens.code_challenge, oauth_tokens.expires_at, oauth_tokens.used_at,
      api_tokens.created_at as granted_at, api_tokens.revoked_at is not null as is_revoked
    from oauth_tokens
    join api_tokens
      on api_tokens.company_id = oauth_tokens.company_id and api_tokens.id = oauth_tokens.api_token_id
    join oauth_clients on oauth_clients.id = api_tokens.oauth_client_id
    where oauth_tokens.token_hash = ${tokenHash} and oauth_tokens.kind = ${kind}
    for update of api_tokens, oauth_tokens
  `;
  return row;
}

export async function markOAuthTokenUsed(
  tx: Tx,
  { tokenHash, now }: { tokenHash: Buffer; now: Date },
): Promise<void> {
  await tx`
    update oauth_tokens set used_at = ${now} where token_hash = ${tokenHash} and used_at is null
  `;
}

/** Deletes up to `limit` codes and tokens that ended before this instant. Returns how many. */
export async function deleteOAuthTokensBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from oauth_tokens
    where token_hash in (
      select token_hash from oauth_tokens where expires_at < ${before} limit ${limit}
    )
    returning 1
  `;
  return rows.length;
}
