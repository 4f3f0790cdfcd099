import type { Sql, Tx } from "./client.ts";
import type { UserRow } from "./users.ts";

/** Who holds a session or API token, and which company a request of theirs is about. */
export interface IdentityRow extends UserRow {
  callerId: number;
  hasRateLimit: boolean;
  /** null for a session, which may all that its user may. */
  scopes: string[] | null;
  /** The company an API token is bound to. */
  tokenCompanyId: number | null;
  expiresAt: Date | null;
}

export async function insertSession(
  tx: Sql | Tx,
  session: {
    userId: number;
    tokenHash: Buffer;
    now: Date;
    expiresAt: Date;
    hasRateLimit?: boolean;
  },
): Promise<number> {
  const [row] = await tx<{ id: number }[]>`
    insert into sessions (user_id, token_hash, has_rate_limit, created_at, expires_at)
    values (
      ${session.userId}, ${session.tokenHash}, ${session.hasRateLimit ?? true}, ${session.now},
      ${session.expiresAt}
    )
    returning id
  `;
  if (row === undefined) throw new Error("the session was not inserted");
  return row.id;
}

/** The holder of a session that is neither expired nor revoked. */
export async function findSession(
  sql: Sql | Tx,
  { tokenHash, now }: { tokenHash: Buffer; now: Date },
): Promise<IdentityRow | undefined> {
  const [row] = await sql<IdentityRow[]>`
    select
      sessions.id as caller_id, sessions.has_rate_limit, null::text[] as scopes,
      null::bigint as token_company_id, sessions.expires_at, users.id, users.name, users.email,
      users.avatar_url, users.current_company_id, users.created_at, users.updated_at
    from sessions
    join users on users.id = sessions.user_id
    where sessions.token_hash = ${tokenHash}
      and sessions.revoked_at is null
      and sessions.expires_at > ${now}
  `;
  return row;
}

/** Whether a session goes on, and will until the transaction is over: who ends it waits. */
export async function holdSession(
  tx: Tx,
  { sessionId, now }: { sessionId: number; now: Date },
): Promise<boolean> {
  const rows = await tx`
    select from sessions
    where id = ${sessionId} and revoked_at is null and expires_at > ${now}
    for share
  `;
  return rows.length > 0;
}

export async function revokeSession(
  tx: Tx,
  { sessionId, now }: { sessionId: number; now: Date },
): Promise<void> {
  await tx`update sessions set revoked_at = ${now} where id = ${sessionId} and revoked_at is null`;
}

/** Ends all sessions of a user, but one where it is given. */
export async function revokeSessionsOf(
  tx: Tx,
  { userId, exceptId, now }: { userId: number; exceptId?: number; now: Date },
): Promise<void> {
  await tx`
    update sessions set revoked_at = ${now}
    where user_id = ${userId} and revoked_at is null and id <> ${exceptId ?? 0}
  `;
}

/** Deletes up to `limit` sessions that ended before this instant. Returns how many. */
export async function deleteSessionsEndedBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from sessions
    where id in (
      select id from sessions where least(expires_at, revoked_at) < ${before} limit ${limit}
    )
    returning 1
  `;
  return rows.length;
}
