import type { Sql, Tx } from "./client.ts";
import type { DeliveryStatus } from "./deliveries.ts";

/** A new password that somebody asked for, and how far its mail got. */
export interface PasswordResetRow {
  id: number;
  /** As it was typed. */
  email: string;
  status: Exclude<DeliveryStatus, "bounced" | "blocked">;
  usedAt: Date | null;
  createdAt: Date;
}

export async function insertPasswordReset(
  tx: Tx,
  { email, now }: { email: string; now: Date },
): Promise<number> {
  const [row] = await tx<{ id: number }[]>`
    insert into password_resets (email, created_at, updated_at) values (${email}, ${now}, ${now})
    returning id
  `;
  return row!.id;
}

export async function lockPasswordReset(tx: Tx, id: number): Promise<PasswordResetRow | undefined> {
  const [row] = await tx<PasswordResetRow[]>`
    select id, email, status, used_at, created_at from password_resets
    where id = ${id}
    for no key update
  `;
  return row;
}

/** Moves the mail on, with what the mail server or we had to say about it. */
export async function setPasswordResetStatus(
  tx: Tx,
  input: {
    id: number;
    status: PasswordResetRow["status"];
    now: Date;
    response?: string;
    errorCode?: string;
    errorMessage?: string;
  },
): Promise<void> {
  await tx`
    update password_resets
    set status = ${input.status},
        response = ${input.response ?? null},
        error_code = ${input.errorCode ?? null},
        error_message = ${input.errorMessage ?? null},
        updated_at = ${input.now}
    where id = ${input.id}
  `;
}

/** The mail is about to leave: from here on its link lets its reader choose a new password. */
export async function openPasswordReset(
  tx: Tx,
  input: { id: number; userId: number; tokenHash: Buffer; expiresAt: Date; now: Date },
): Promise<void> {
  await tx`
    update password_resets
    set status = 'sending', attempts = attempts + 1, user_id = ${input.userId},
        token_hash = ${input.tokenHash}, expires_at = ${input.expiresAt}, updated_at = ${input.now}
    where id = ${input.id}
  `;
}

/** Whose link this is, when it still works and was sent to the address that is theirs now; locked. */
export async function lockResetUser(
  tx: Tx,
  { tokenHash, email, now }: { tokenHash: Buffer; email: string; now: Date },
): Promise<{ userId: number; emailVerifiedAt: Date | null } | undefined> {
  const [row] = await tx<{ userId: number; emailVerifiedAt: Date | null }[]>`
    select password_resets.user_id, users.email_verified_at
    from password_resets
    join users on users.id = password_resets.user_id
    where password_resets.token_hash = ${tokenHash}
      and password_resets.used_at is null
      and password_resets.expires_at > ${now}
      and lower(password_resets.email) = lower(users.email)
      and lower(users.email) = lower(${email})
    for no key update of users, password_resets
  `;
  return row;
}

/** All links of the user that were sent so far are used up, whichever of them was. */
export async function endPasswordResets(
  tx: Tx,
  { userId, now }: { userId: number; now: Date },
): Promise<void> {
  await tx`
    update password_resets set used_at = ${now}, updated_at = ${now}
    where user_id = ${userId} and used_at is null
  `;
}

/** Deletes up to `limit` of those asked for before this instant. Returns how many. */
export async function deletePasswordResetsBefore(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from password_resets
    where id in (select id from password_resets where created_at < ${before} limit ${limit})
    returning 1
  `;
  return rows.length;
}
