import { violatedConstraint, type Sql, type Tx } from "./client.ts";

export interface UserRow {
  id: number;
  name: string;
  email: string;
  avatarUrl: string | null;
  currentCompanyId: number | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Signs a person up; without a hash no password lets them in. Undefined when the email (in any case) is taken. */
export async function insertUser(
  tx: Tx,
  user: { name: string; email: string; passwordHash: string | null; now: Date },
): Promise<UserRow | undefined> {
  const [row] = await tx<UserRow[]>`
    insert into users (name, email, password_hash, created_at, updated_at)
    values (${user.name}, ${user.email}, ${user.passwordHash}, ${user.now}, ${user.now})
    on conflict ((lower(email))) do nothing
    returning id, name, email, avatar_url, current_company_id, created_at, updated_at
  `;
  return row;
}

export async function findUser(sql: Sql | Tx, userId: number): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`
    select id, name, email, avatar_url, current_company_id, created_at, updated_at
    from users
    where id = ${userId}
  `;
  return row;
}

/** The one who signs in with this email, and the hash to check the password against. */
export async function findUserForSignIn(
  sql: Sql | Tx,
  email: string,
): Promise<(UserRow & { passwordHash: string | null }) | undefined> {
  const [row] = await sql<(UserRow & { passwordHash: string | null })[]>`
    select
      id, name, email, avatar_url, current_company_id, created_at, updated_at, password_hash
    from users
    where lower(email) = lower(${email})
  `;
  return row;
}

/** Null for a user without a password; undefined when there is no such user. */
export async function findPasswordHash(
  sql: Sql | Tx,
  userId: number,
): Promise<string | null | undefined> {
  const [row] = await sql<{ passwordHash: string | null }[]>`
    select password_hash from users where id = ${userId}
  `;
  return row?.passwordHash;
}

/** Sets a new password, or keeps the same under a newer hash. */
export async function setPasswordHash(
  sql: Sql | Tx,
  { userId, passwordHash }: { userId: number; passwordHash: string | null },
): Promise<void> {
  await sql`update users set password_hash = ${passwordHash} where id = ${userId}`;
}

/** The user with this address, locked, and whether they have proved that it is theirs. */
export async function lockUserByEmail(
  tx: Tx,
  email: string,
): Promise<(UserRow & { emailVerifiedAt: Date | null }) | undefined> {
  const [row] = await tx<(UserRow & { emailVerifiedAt: Date | null })[]>`
    select
      id, name, email, avatar_url, current_company_id, created_at, updated_at, email_verified_at
    from users
    where lower(email) = lower(${email})
    for no key update
  `;
  return row;
}

/** The user has shown that they read the mails of their address. */
export async function markEmailVerified(
  tx: Tx,
  { userId, now }: { userId: number; now: Date },
): Promise<void> {
  await tx`update users set email_verified_at = ${now} where id = ${userId}`;
}

/** Shows this picture, unless the user has one. */
export async function setFirstAvatar(
  tx: Tx,
  { userId, avatarUrl, now }: { userId: number; avatarUrl: string; now: Date },
): Promise<void> {
  await tx`
    update users set avatar_url = ${avatarUrl}, updated_at = ${now}
    where id = ${userId} and avatar_url is null
  `;
}

/** Locks the user: what depends on how many companies they own is decided one after the other. */
export async function lockUser(tx: Tx, userId: number): Promise<UserRow | undefined> {
  const [row] = await tx<UserRow[]>`
    select id, name, email, avatar_url, current_company_id, created_at, updated_at
    from users
    where id = ${userId}
    for no key update
  `;
  return row;
}

/**
 * Changes name or email; a new address is not known to be the user's. Undefined when the email belongs
 * to somebody else.
 */
export async function updateUser(
  tx: Tx,
  userId: number,
  changes: { name?: string | undefined; email?: string | undefined; now: Date },
): Promise<UserRow | undefined> {
  try {
    // A savepoint, so that a taken email leaves the transaction usable.
    return await tx.savepoint(async (point) => {
      const [row] = await point<UserRow[]>`
        update users
        set name = coalesce(${changes.name ?? null}, name),
          email = coalesce(${changes.email ?? null}, email),
          email_verified_at = case
            when lower(email) = lower(coalesce(${changes.email ?? null}, email)) then email_verified_at
          end,
          updated_at = ${changes.now}
        where id = ${userId}
        returning id, name, email, avatar_url, current_company_id, created_at, updated_at
      `;
      return row;
    });
  } catch (error) {
    if (violatedConstraint(error) === "users_email_key") return undefined;
    throw error;
  }
}

/** Where the user works when a request does not say. `null` when nowhere. */
export async function setCurrentCompany(
  tx: Tx,
  { userId, companyId, now }: { userId: number; companyId: number | null; now: Date },
): Promise<void> {
  await tx`
    update users set current_company_id = ${companyId}, updated_at = ${now} where id = ${userId}
  `;
}

/** Nobody works in a deleted company any more: their next one is where they are asked to choose. */
export async function leaveCompany(
  tx: Tx,
  { companyId, now }: { companyId: number; now: Date },
): Promise<void> {
  await tx`
    update users
    set current_company_id = null, updated_at = ${now}
    where current_company_id = ${companyId}
  `;
}
