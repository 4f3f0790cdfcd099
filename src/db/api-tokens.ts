import type { Sql, Tx } from "./client.ts";
import type { IdentityRow } from "./sessions.ts";

export interface ApiTokenRow {
  id: number;
  companyId: number;
  name: string;
  /** The first characters of the token, to tell one from another. */
  prefix: string;
  scopes: string[];
  hasRateLimit: boolean;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

export async function insertApiToken(
  tx: Tx,
  token: {
    userId: number;
    companyId: number;
    name: string;
    prefix: string;
    tokenHash: Buffer;
    scopes: readonly string[];
    expiresAt: Date | null;
    now: Date;
    hasRateLimit?: boolean;
  },
): Promise<ApiTokenRow> {
  const [row] = await tx<ApiTokenRow[]>`
    insert into api_tokens (
      user_id, company_id, name, prefix, token_hash, scopes, has_rate_limit, created_at, expires_at
    )
    values (
      ${token.userId}, ${token.companyId}, ${token.name}, ${token.prefix}, ${token.tokenHash},
      ${[...token.scopes]}::text[], ${token.hasRateLimit ?? true}, ${token.now}, ${token.expiresAt}
    )
    returning id, company_id, name, prefix, scopes, has_rate_limit, created_at, expires_at, last_used_at
  `;
  if (row === undefined) throw new Error("the token was not inserted");
  return row;
}

/** The holder of an API token that is neither expired nor revoked. */
export async function findApiToken(
  sql: Sql | Tx,
  { tokenHash, now }: { tokenHash: Buffer; now: Date },
): Promise<IdentityRow | undefined> {
  const [row] = await sql<IdentityRow[]>`
    select
      api_tokens.id as caller_id, api_tokens.has_rate_limit, api_tokens.scopes,
      api_tokens.company_id as token_company_id, api_tokens.expires_at, users.id, users.name,
      users.email, users.avatar_url, users.current_company_id, users.created_at, users.updated_at
    from api_tokens
    join users on users.id = api_tokens.user_id
    where api_tokens.token_hash = ${tokenHash}
      and api_tokens.revoked_at is null
      and (api_tokens.expires_at is null or api_tokens.expires_at > ${now})
  `;
  return row;
}

/** A user's tokens of one company that still work, newest first. */
export async function listApiTokens(
  sql: Sql | Tx,
  filter: { userId: number; companyId: number; limit: number; offset: number },
): Promise<ApiTokenRow[]> {
  return await sql<ApiTokenRow[]>`
    select id, company_id, name, prefix, scopes, has_rate_limit, created_at, expires_at, last_used_at
    from api_tokens
    where user_id = ${filter.userId} and company_id = ${filter.companyId} and revoked_at is null
      and oauth_client_id is null
    order by id desc
    limit ${filter.limit} offset ${filter.offset}
  `;
}

export async function countApiTokens(
  sql: Sql | Tx,
  filter: { userId: number; companyId: number },
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from api_tokens
    where user_id = ${filter.userId} and company_id = ${filter.companyId} and revoked_at is null
      and oauth_client_id is null
  `;
  return row?.count ?? 0;
}

/** Whether there was such a token of this user and company, still working. */
export async function revokeApiToken(
  tx: Tx,
  token: { id: number; userId: number; companyId: number; now: Date },
): Promise<boolean> {
  const rows = await tx`
    update api_tokens
    set revoked_at = ${token.now}
    where id = ${token.id}
      and user_id = ${token.userId}
      and company_id = ${token.companyId}
      and revoked_at is null
      and oauth_client_id is null
    returning id
  `;
  return rows.length > 0;
}

/** When each token was last used; written in batches, and never backwards. */
export async function touchApiTokens(
  sql: Sql,
  uses: readonly { id: number; usedAt: Date }[],
): Promise<void> {
  await sql`
    update api_tokens
    set last_used_at = greatest(api_tokens.last_used_at, used.used_at)
    from unnest(
      ${uses.map((use) => use.id)}::bigint[], ${uses.map((use) => use.usedAt.toISOString())}::timestamptz[]
    ) as used (id, used_at)
    where api_tokens.id = used.id
  `;
}
