import type { Sql, Tx } from "../db/client.ts";
import { forgetAttempts, takeBackAttempt } from "../db/rate-limits.ts";
import { insertSession } from "../db/sessions.ts";
import { inTransaction } from "../db/transaction.ts";
import {
  findPasswordHash,
  findUserForSignIn,
  lockUser,
  setPasswordHash,
  type UserRow,
} from "../db/users.ts";
import { hashPassword, needsRehash, verifyPassword } from "../platform/passwords.ts";
import { createToken, hashToken } from "../platform/tokens.ts";
import { networkOf } from "./addresses.ts";
import type { ApiServices } from "./context.ts";
import type { ApiSettings } from "./settings.ts";
import { attemptKey, throttle, type Limit } from "./throttle.ts";

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

/**
 * Opens a session for whoever has this email and password; undefined when nobody has. Counts the attempt,
 * as `beginAttempt` does, and so wants no transaction around it: a failed one must be counted all the same.
 */
export async function signInByPassword(
  services: ApiServices,
  { ip, email, password }: { ip: string; email: string; password: string },
): Promise<{ user: UserRow; token: string } | undefined> {
  const { sql } = services;
  const { passwordCost } = services.settings;
  const attempt = await beginAttempt(services, { ip, email });
  for (;;) {
    const user = await findUserForSignIn(sql, email);
    const known = user?.passwordHash ?? null;
    // Takes as long for nobody as for somebody, so that the time tells nothing.
    const isRight = await verifyPassword(password, known, passwordCost);
    if (user === undefined || known === null || !isRight) return undefined;
    const anew = needsRehash(known, passwordCost)
      ? await hashPassword(password, passwordCost)
      : undefined;
    const token = await inTransaction(sql, async (tx) => {
      await lockUser(tx, user.id);
      // Who has chosen another one meanwhile has ended all sessions: none begins by the old one.
      if ((await findPasswordHash(tx, user.id)) !== known) return undefined;
      if (anew !== undefined) await setPasswordHash(tx, { userId: user.id, passwordHash: anew });
      return await openSession(tx, { services, userId: user.id });
    });
    if (token === undefined) continue;
    await attempt.succeed();
    return { user, token };
  }
}

export interface Attempt {
  /** The password was right: the count for this email and address begins anew. */
  succeed(): Promise<void>;
}

/**
 * Counts an attempt to sign in. Throws TooManyRequests when this email from this address, this address
 * with whatever emails, or this email from wherever has failed too often. The last one takes many
 * addresses and far more failures than a person has, so nobody alone can lock another out.
 */
export async function beginAttempt(
  services: ApiServices,
  { ip, email }: { ip: string; email: string },
): Promise<Attempt> {
  const { sql, settings } = services;
  const { person, address, account } = limitsOf(settings, { ip, email });
  await throttle(sql, services, {
    limits: [address, person, account],
    message: "Too many attempts to sign in. Try again later.",
  });
  return {
    async succeed() {
      await forgetAttempts(sql, attemptKey(person, settings.ipSalt));
      await takeBackAttempt(sql, attemptKey(address, settings.ipSalt));
      await takeBackAttempt(sql, attemptKey(account, settings.ipSalt));
    },
  };
}

/** Whoever has just proved who they are in another way need not wait for failures of before. */
export async function forgetFailures(
  tx: Tx,
  { settings }: ApiServices,
  who: { ip: string; email: string },
): Promise<void> {
  const { person, account } = limitsOf(settings, who);
  for (const limit of [person, account]) {
    await forgetAttempts(tx, attemptKey(limit, settings.ipSalt));
  }
}

function limitsOf(
  { signIn }: ApiSettings,
  { ip, email }: { ip: string; email: string },
): Record<"person" | "address" | "account", Limit> {
  const { failuresMax, failuresPerAddressMax, failuresPerAccountMax, windowMs } = signIn;
  const network = networkOf(ip);
  const account = email.toLowerCase();
  return {
    address: { what: "sign-in from", who: network, max: failuresPerAddressMax, windowMs },
    person: { what: "sign-in", who: `${network} ${account}`, max: failuresMax, windowMs },
    account: { what: "sign-in of", who: account, max: failuresPerAccountMax, windowMs },
  };
}
