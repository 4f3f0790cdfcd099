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

/** Keeps the same password under a newer hash. */
export async function setPasswordHash(
  sql: Sql | Tx,
  { userId, passwordHash }: { userId: number; passwordHash: string },
): Promise<void> {
  await sql`update users set password_hash = ${passwordHash} where id = ${userId}`;
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

/** Changes name or email. Undefined when the email belongs to somebody else. */
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
