import { createHash } from "node:crypto";
import type { Sql, Tx } from "../db/client.ts";
import {
  countSignInAttempt,
  forgetSignInAttempts,
  takeBackSignInAttempt,
} from "../db/rate-limits.ts";
import { insertSession } from "../db/sessions.ts";
import { createToken, hashToken } from "../platform/tokens.ts";
import type { ApiServices } from "./context.ts";
import { TooManyRequests } from "./failures.ts";

/** Opens a session and returns its token, which is never seen again. */
export async function openSession(
  tx: Sql | Tx,
  { services, userId }: { services: ApiServices; userId: number },
): Promise<string> {
  const token = createToken("nls");
  const now = services.clock.now();
  await insertSession(tx, {
    userId,
    tokenHash: hashToken(token),
    now,
    expiresAt: new Date(now.getTime() + services.settings.sessionMs),
  });
  return token;
}

export interface Attempt {
  /** The password was right: the count for this email and address begins anew. */
  succeed(): Promise<void>;
}

/**
 * Counts an attempt to sign in, in the database, so that neither a restart nor another process gives
 * an attacker new tries. Throws TooManyRequests when this email from this address, or this address
 * with whatever emails, has failed too often. Nobody else can lock a person out from elsewhere.
 */
export async function beginAttempt(
  { sql, clock, settings }: ApiServices,
  { ip, email }: { ip: string; email: string },
): Promise<Attempt> {
  const { failuresMax, failuresPerAddressMax, windowMs } = settings.signIn;
  const now = clock.now();
  const ofPerson = keyOf(settings.ipSalt, ip, email.toLowerCase());
  const ofAddress = keyOf(settings.ipSalt, ip, "");
  for (const [key, max] of [
    [ofAddress, failuresPerAddressMax],
    [ofPerson, failuresMax],
  ] as const) {
    const { failures, windowStart } = await countSignInAttempt(sql, { key, now, windowMs });
    if (failures <= max) continue;
    const waitMs = windowStart.getTime() + windowMs - now.getTime();
    throw new TooManyRequests("Too many attempts to sign in. Try again later.", {
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    });
  }
  return {
    async succeed() {
      await forgetSignInAttempts(sql, ofPerson);
      await takeBackSignInAttempt(sql, ofAddress);
    },
  };
}

function keyOf(salt: string, ip: string, email: string): Buffer {
  return createHash("sha256").update(`${salt}\n${ip}\n${email}`).digest();
}
