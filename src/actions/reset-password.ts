import { recordAudit } from "../db/audit.ts";
import type { Tx } from "../db/client.ts";
import {
  endPasswordResets,
  lockPasswordReset,
  lockResetUser,
  openPasswordReset,
  setPasswordResetStatus,
  type PasswordResetRow,
} from "../db/password-resets.ts";
import { revokeSessionsOf } from "../db/sessions.ts";
import { deleteIdentitiesOf } from "../db/user-identities.ts";
import {
  findUserForSignIn,
  markEmailVerified,
  setPasswordHash,
  type UserRow,
} from "../db/users.ts";
import { InvalidInput } from "../errors.ts";
import { hashToken } from "../platform/tokens.ts";
import { endAllAppAccess } from "./app-access.ts";
import { DIED_MEANWHILE } from "./mail-subject.ts";

/** How long a link to choose a new password works after its mail has left, in minutes. */
export const RESET_VALID_MINUTES = 60;
/** A mail that has not left by then, in milliseconds, would only puzzle its reader. */
const MAIL_WAIT_MS_MAX = 3_600_000;

export type OpenedReset =
  | { kind: "ready"; reset: PasswordResetRow; user: UserRow }
  | { kind: "over"; reason: string };

/**
 * Looks whether the mail of a password reset is still to be sent, under lock, and to whom. Left at
 * `sending` by a worker that died: nobody can know whether it arrived. The record says so, and who
 * waits for the mail asks again.
 */
export async function openResetMail(
  tx: Tx,
  { id, now }: { id: number; now: Date },
): Promise<OpenedReset> {
  const reset = await lockPasswordReset(tx, id);
  if (reset === undefined) return { kind: "over", reason: "it is about nothing" };
  if (reset.status === "sending") {
    const reason = DIED_MEANWHILE;
    await endResetMail(tx, { id, now, status: "unknown", code: "unconfirmed", reason });
    return { kind: "over", reason };
  }
  if (reset.status !== "queued") {
    return { kind: "over", reason: `the mail is ${reset.status} already` };
  }
  const user = await findUserForSignIn(tx, reset.email);
  const cancel = async (reason: string): Promise<OpenedReset> => {
    await endResetMail(tx, { id, now, status: "cancelled", code: "cancelled", reason });
    return { kind: "over", reason };
  };
  if (user === undefined) return await cancel("nobody has this address");
  const reason = whyNot(reset, now);
  return reason === undefined ? { kind: "ready", reset, user } : await cancel(reason);
}

function whyNot({ usedAt, createdAt }: PasswordResetRow, now: Date): string | undefined {
  if (usedAt !== null) return "a new password was chosen";
  const isStale = now.getTime() - createdAt.getTime() > MAIL_WAIT_MS_MAX;
  return isStale ? "it was asked for too long ago" : undefined;
}

/** The last look, right before the mail server gets the last byte; from here on the link works. */
export async function commitResetMail(
  tx: Tx,
  input: { id: number; userId: number; tokenHash: Buffer; now: Date },
): Promise<{ kind: "ready" | "changed" } | Extract<OpenedReset, { kind: "over" }>> {
  const { id, userId, tokenHash, now } = input;
  const opened = await openResetMail(tx, { id, now });
  if (opened.kind === "over") return opened;
  if (opened.user.id !== userId) return { kind: "changed" };
  const expiresAt = new Date(now.getTime() + RESET_VALID_MINUTES * 60_000);
  await openPasswordReset(tx, { id, userId, tokenHash, expiresAt, now });
  return { kind: "ready" };
}

/** The mail will not be sent (any more), or nobody knows whether it was. */
export async function endResetMail(
  tx: Tx,
  end: {
    id: number;
    now: Date;
    status: "failed" | "unknown" | "cancelled";
    code: string;
    reason: string;
  },
): Promise<void> {
  const { id, now, status, code: errorCode, reason: errorMessage } = end;
  await setPasswordResetStatus(tx, { id, status, now, errorCode, errorMessage });
}

/**
 * Sets the new password of whoever was mailed this link, and ends all their sessions and all that apps
 * may for them. Where nobody had proved before that the address is theirs, accounts elsewhere that
 * somebody may have linked beforehand end too. Throws InvalidInput for a link that does not work (any
 * more). Returns the user.
 */
export async function resetPassword(
  tx: Tx,
  input: {
    token: string;
    email: string;
    /** Slow, so asked for only when the link works. */
    hashPassword: () => Promise<string>;
    now: Date;
    requestId: string;
  },
): Promise<number> {
  const { email, now, requestId } = input;
  const found = await lockResetUser(tx, { tokenHash: hashToken(input.token), email, now });
  if (found === undefined) {
    throw new InvalidInput(
      { token: ["This password reset token is invalid."] },
      { code: "invalid_reset_token" },
    );
  }
  const { userId, emailVerifiedAt } = found;
  await setPasswordHash(tx, { userId, passwordHash: await input.hashPassword() });
  await endPasswordResets(tx, { userId, now });
  await revokeSessionsOf(tx, { userId, now });
  await endAllAppAccess(tx, { userId, because: "password_reset", requestId, now });
  if (emailVerifiedAt === null) await deleteIdentitiesOf(tx, userId);
  await markEmailVerified(tx, { userId, now });
  const subject = { subjectType: "user", subjectId: userId };
  const action = "user.password_reset";
  await recordAudit(tx, { companyId: null, userId, action, ...subject, requestId });
  return userId;
}
