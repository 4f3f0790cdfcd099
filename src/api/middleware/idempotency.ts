import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { Conflict, InvalidInput } from "../../errors.ts";
import type { Tx } from "../../db/client.ts";
import { findKeptAnswer, keepAnswer, tryLockIdempotencyKey } from "../../db/idempotency.ts";
import { toJson } from "../answers.ts";

export interface IdempotentRequest {
  /** The Idempotency-Key header. */
  key: string;
  /** Whose key it is: caller and company. The same key of another caller is another key. */
  scope: string;
  companyId: number | null;
  method: string;
  path: string;
  body: unknown;
  /** The caller's own secret, which we keep only a hash of: seals answers that hold a secret. */
  bearer: string;
  /** Whether the answer holds a secret (a new token) that must not lie in the database in clear. */
  isSecret: boolean;
  /**
   * For a request without a token, which may hold a password: the installation's own secret, so that
   * what we keep of it cannot be guessed back. Otherwise empty: machines need not share it.
   */
  pepper: string;
  /** How long the answer is kept: a day or more (API.md rule 7). */
  keptMs: number;
  now: Date;
}

export interface GivenAnswer {
  status: number;
  headers: Record<string, string>;
  /** JSON, or nothing. */
  json: string | undefined;
}

/**
 * Runs `work` unless this key has had its answer, in the caller's transaction: either the effect and
 * its answer are both kept, or neither is. A failure keeps nothing, so it may be tried again with the
 * same key. Throws Conflict while the first request still runs, InvalidInput when the body differs.
 */
export async function once(
  tx: Tx,
  request: IdempotentRequest,
  work: () => Promise<GivenAnswer>,
): Promise<GivenAnswer & { isReplayed: boolean }> {
  const keyHash = hash(request, `${request.scope}\n${request.key}`);
  const requestHash = hash(
    request,
    `${request.method} ${request.path}\n${toJson(request.body ?? null)}`,
  );
  if (!(await tryLockIdempotencyKey(tx, keyHash))) {
    throw new Conflict("A request with this Idempotency-Key is still running.", {
      code: "idempotency_key_in_use",
    });
  }
  const kept = await findKeptAnswer(tx, { keyHash, now: request.now });
  if (kept !== undefined) {
    if (!kept.requestHash.equals(requestHash)) {
      throw new InvalidInput(
        { "Idempotency-Key": ["This key was used for another request."] },
        { code: "idempotency_key_reused" },
      );
    }
    const body = kept.isSealed ? open(kept.body, request) : kept.body;
    return {
      status: kept.status,
      headers: kept.headers,
      json: body.length === 0 ? undefined : body.toString(),
      isReplayed: true,
    };
  }

  const answer = await work();
  const body = Buffer.from(answer.json ?? "");
  await keepAnswer(tx, {
    keyHash,
    companyId: request.companyId,
    requestHash,
    status: answer.status,
    headers: answer.headers,
    body: request.isSecret ? seal(body, request) : body,
    isSealed: request.isSecret,
    now: request.now,
    expiresAt: new Date(request.now.getTime() + request.keptMs),
  });
  return { ...answer, isReplayed: false };
}

/** Printable ASCII, 1 to 255 characters; anything else is a mistake better said than kept. */
export function checkIdempotencyKey(key: string): void {
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
    throw new InvalidInput({
      "Idempotency-Key": ["Must be 1 to 255 printable ASCII characters."],
    });
  }
}

/**
 * AES-256-GCM under a key derived from what only the caller has: their token, their key and, for
 * somebody without a token, the body with their password. The database alone opens nothing.
 */
function seal(plain: Buffer, request: IdempotentRequest): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", sealingKey(request), nonce);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function open(sealed: Buffer, request: IdempotentRequest): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", sealingKey(request), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}

function sealingKey(request: IdempotentRequest): Buffer {
  const { pepper, bearer, key, body } = request;
  const secret = [pepper, bearer, key, toJson(body ?? null)].join("\n");
  return Buffer.from(hkdfSync("sha256", secret, request.scope, "nightledger kept answer", 32));
}

function hash({ pepper }: IdempotentRequest, text: string): Buffer {
  return createHmac("sha256", pepper).update(text).digest();
}
