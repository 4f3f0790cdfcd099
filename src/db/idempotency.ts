import type { Sql, Tx } from "./client.ts";

/** The answer once given to a request with this Idempotency-Key. */
export interface KeptAnswerRow {
  requestHash: Buffer;
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  isSealed: boolean;
}

/** False when a request with this key is being worked on at this moment, here or elsewhere. */
export async function tryLockIdempotencyKey(tx: Tx, keyHash: Buffer): Promise<boolean> {
  // 64 bits of a SHA-256: two keys that share them would at worst answer 409 when used at once.
  const lock = keyHash.readBigInt64BE(0).toString();
  const [row] = await tx<{ isLocked: boolean }[]>`
    select pg_try_advisory_xact_lock(${lock}::bigint) as is_locked
  `;
  return row?.isLocked ?? false;
}

export async function findKeptAnswer(
  tx: Tx,
  { keyHash, now }: { keyHash: Buffer; now: Date },
): Promise<KeptAnswerRow | undefined> {
  const [row] = await tx<KeptAnswerRow[]>`
    select request_hash, status, headers, body, is_sealed
    from idempotency_keys
    where key_hash = ${keyHash} and expires_at > ${now}
  `;
  return row;
}

/** Keeps an answer; an expired one under the same key makes room. */
export async function keepAnswer(
  tx: Tx,
  answer: KeptAnswerRow & {
    keyHash: Buffer;
    companyId: number | null;
    now: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await tx`
    insert into idempotency_keys (
      key_hash, company_id, request_hash, status, headers, body, is_sealed, created_at, expires_at
    )
    values (
      ${answer.keyHash}, ${answer.companyId}, ${answer.requestHash}, ${answer.status},
      ${tx.json(answer.headers)}, ${answer.body}, ${answer.isSealed}, ${answer.now},
      ${answer.expiresAt}
    )
    on conflict (key_hash) do update
    set request_hash = excluded.request_hash,
      status = excluded.status,
      headers = excluded.headers,
      body = excluded.body,
      is_sealed = excluded.is_sealed,
      created_at = excluded.created_at,
      expires_at = excluded.expires_at
  `;
}

/** Deletes up to `limit` answers whose day was over before this instant. Returns how many. */
export async function deleteExpiredAnswers(
  sql: Sql,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const rows = await sql`
    delete from idempotency_keys
    where key_hash in (
      select key_hash from idempotency_keys where expires_at < ${before} limit ${limit}
    )
    returning 1
  `;
  return rows.length;
}
