import type { Sql, Tx } from "./client.ts";

/** An account elsewhere that lets a user in. */
export interface IdentityKey {
  provider: "google";
  /** The provider's own name for the person. */
  subject: string;
}

/** The user whom this account lets in. */
export async function findUserIdByIdentity(
  sql: Sql | Tx,
  { provider, subject }: IdentityKey,
): Promise<number | undefined> {
  const [row] = await sql<{ userId: number }[]>`
    select user_id from user_identities where provider = ${provider} and subject = ${subject}
  `;
  return row?.userId;
}

/** False when the user has another account of this provider already. */
export async function insertIdentity(
  tx: Tx,
  identity: IdentityKey & { userId: number; now: Date },
): Promise<boolean> {
  const rows = await tx`
    insert into user_identities (provider, subject, user_id, created_at)
    values (${identity.provider}, ${identity.subject}, ${identity.userId}, ${identity.now})
    on conflict do nothing
    returning 1
  `;
  return rows.length > 0;
}

/** The user's accounts elsewhere let nobody in any more. */
export async function deleteIdentitiesOf(tx: Tx, userId: number): Promise<void> {
  await tx`delete from user_identities where user_id = ${userId}`;
}
