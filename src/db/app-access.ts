import type { Sql, Tx } from "./client.ts";
import type { IdentityRow } from "./sessions.ts";

// The access that a person gave an app to a company: a row of api_tokens that names the app.

export interface AppAccessRow {
  id: number;
  companyId: number;
  userId: number;
  userName: string;
  /** The app, as it is called now. */
  clientId: number;
  clientIdentifier: string;
  clientName: string;
  website: string | null;
  scopes: string[];
  createdAt: Date;
  /** By then it ends, unless it is used before. */
  expiresAt: Date;
  lastUsedAt: Date | null;
}

function selectAccess(sql: Sql | Tx) {
  return sql`
    select
      api_tokens.id, api_tokens.company_id, api_tokens.user_id, users.name as user_name,
      oauth_clients.id as client_id, oauth_clients.identifier as client_identifier,
      oauth_clients.name as client_name, oauth_clients.website, api_tokens.scopes,
      api_tokens.created_at, api_tokens.expires_at, api_tokens.last_used_at
    from api_tokens
    join oauth_clients on oauth_clients.id = api_tokens.oauth_client_id
    join users on users.id = api_tokens.user_id
  `;
}

export async function insertAppAccess(
  tx: Tx,
  access: {
    companyId: number;
    userId: number;
    clientId: number;
    name: string;
    scopes: readonly string[];
    audience: string;
    now: Date;
    expiresAt: Date;
  },
): Promise<number> {
  const [row] = await tx<{ id: number }[]>`
    insert into api_tokens (
      user_id, company_id, name, prefix, scopes, created_at, expires_at, oauth_client_id, audience
    )
    values (
      ${access.userId}, ${access.companyId}, ${access.name}, 'nlo_', ${[...access.scopes]}::text[],
      ${access.now}, ${access.expiresAt}, ${access.clientId}, ${access.audience}
    )
    returning id
  `;
  if (row === undefined) throw new Error("the access was not inserted");
  return row.id;
}

/**
 * The holder of an access token that is good for this resource, and may what both the person and the
 * app's own registration allow.
 */
export async function findAppIdentity(
  sql: Sql | Tx,
  { tokenHash, audience, now }: { tokenHash: Buffer; audience: string; now: Date },
): Promise<IdentityRow | undefined> {
  const [row] = await sql<IdentityRow[]>`
    select
      api_tokens.id as caller_id, api_tokens.has_rate_limit,
      array(
        select scope from unnest(oauth_tokens.scopes) as scope
        where scope = any (oauth_clients.scopes)
      ) as scopes,
      api_tokens.company_id as token_company_id, oauth_tokens.expires_at, users.id, users.name,
      users.email, users.avatar_url, users.current_company_id, users.created_at, users.updated_at
    from oauth_tokens
    join api_tokens
      on api_tokens.company_id = oauth_tokens.company_id and api_tokens.id = oauth_tokens.api_token_id
    join oauth_clients on oauth_clients.id = api_tokens.oauth_client_id
    join companies as owners on owners.id = oauth_clients.owner_company_id
    join users on users.id = api_tokens.user_id
    where oauth_tokens.token_hash = ${tokenHash}
      and oauth_tokens.kind = 'access'
      and oauth_tokens.used_at is null
      and oauth_tokens.expires_at > ${now}
      and api_tokens.revoked_at is null
      and api_tokens.audience = ${audience}
      and oauth_clients.deleted_at is null
      and owners.deleted_at is null
  `;
  return row;
}

/** The apps that have access to a company: of one person's, or of everybody's. Newest first. */
export async function listAppAccess(
  sql: Sql | Tx,
  filter: {
    companyId: number;
    userId: number | undefined;
    now: Date;
    limit: number;
    offset: number;
  },
): Promise<AppAccessRow[]> {
  return await sql<AppAccessRow[]>`
    ${selectAccess(sql)}
    where ${isOpen(sql, filter)}
    order by api_tokens.id desc
    limit ${filter.limit} offset ${filter.offset}
  `;
}

export async function countAppAccess(
  sql: Sql | Tx,
  filter: { companyId: number; userId: number | undefined; now: Date },
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count
    from api_tokens
    join oauth_clients on oauth_clients.id = api_tokens.oauth_client_id
    where ${isOpen(sql, filter)}
  `;
  return row?.count ?? 0;
}

function isOpen(
  sql: Sql | Tx,
  { companyId, userId, now }: { companyId: number; userId: number | undefined; now: Date },
) {
  return sql`
    api_tokens.company_id = ${companyId}
    ${userId === undefined ? sql`` : sql`and api_tokens.user_id = ${userId}`}
    and api_tokens.revoked_at is null
    and api_tokens.expires_at > ${now}
    and oauth_clients.deleted_at is null
    and exists (
      select from companies where id = oauth_clients.owner_company_id and deleted_at is null
    )
  `;
}

/** An access that has not ended, locked. */
export async function lockAppAccess(
  tx: Tx,
  { companyId, id }: { companyId: number; id: number },
): Promise<AppAccessRow | undefined> {
  const [row] = await tx<AppAccessRow[]>`
    ${selectAccess(tx)}
    where api_tokens.company_id = ${companyId}
      and api_tokens.id = ${id}
      and api_tokens.revoked_at is null
    for update of api_tokens
  `;
  return row;
}

/** What apps may do for a person in any company, codes that are not traded yet among it. Oldest first. */
export async function listOpenAccessOf(
  tx: Tx,
  { userId, now }: { userId: number; now: Date },
): Promise<{ companyId: number; id: number }[]> {
  return await tx<{ companyId: number; id: number }[]>`
    select company_id, id
    from api_tokens
    where user_id = ${userId}
      and oauth_client_id is not null
      and revoked_at is null
      and expires_at > ${now}
    order by id
  `;
}

/** Ends an access, with every code and token that came of it. */
export async function revokeAppAccess(
  tx: Tx,
  { companyId, id, now }: { companyId: number; id: number; now: Date },
): Promise<void> {
  await tx`
    update api_tokens set revoked_at = ${now}
    where company_id = ${companyId} and id = ${id} and revoked_at is null
  `;
}

/** It lasts until then at least. */
export async function prolongAppAccess(
  tx: Tx,
  { companyId, id, until }: { companyId: number; id: number; until: Date },
): Promise<void> {
  await tx`
    update api_tokens set expires_at = greatest(expires_at, ${until})
    where company_id = ${companyId} and id = ${id}
  `;
}

/**
 * Deletes up to `limit` accesses that ended before this instant, but for those of which a code, a token, a
 * use or an entry of the audit log is still kept. Returns how many.
 */
export async function deleteAppAccessBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from api_tokens
    where id in (
      select id from api_tokens as ended
      where oauth_client_id is not null
        and least(revoked_at, expires_at) < ${before}
        and not exists (
          select from oauth_tokens where company_id = ended.company_id and api_token_id = ended.id
        )
        and not exists (select from api_usage where api_token_id = ended.id)
        and not exists (
          select from audit_log where company_id = ended.company_id and api_token_id = ended.id
        )
      limit ${limit}
    )
    returning 1
  `;
  return rows.length;
}
