import { z } from "zod";
import { recordAudit } from "../../../db/audit.ts";
import { revokeSessionsOf } from "../../../db/sessions.ts";
import { inTransaction } from "../../../db/transaction.ts";
import { findPasswordHash, lockUser, setPasswordHash, updateUser } from "../../../db/users.ts";
import { InvalidInput, Unauthenticated } from "../../../errors.ts";
import { hashPassword, verifyPassword } from "../../../platform/passwords.ts";
import type { SignedInContext } from "../../context.ts";
import { defineRoute } from "../../define-route.ts";
import { email, requiredText } from "../../inputs.ts";
import { beginAttempt } from "../../sign-in.ts";
import { password, presentUser, userJson } from "./schema.ts";

/**
 * PUT /auth/user — changes one's own name, email or password. Not in one transaction: a wrong current
 * password must be counted all the same.
 */
export const putUserRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/auth/user",
  summary: "Update the authenticated user",
  description:
    "A new `password` needs the `current_password`, and ends the user's other sessions. Who has none yet " +
    "chooses the first one by `POST /auth/forgot-password`.",
  tag: "Authentication",
  access: "session",
  isTransactional: false,
  body: z.strictObject({
    name: requiredText(255).optional(),
    email: email.optional(),
    password: password.min(8).optional(),
    current_password: password.optional(),
  }),
  answers: { 200: z.object({ data: userJson }) },

  async run({ sql, services, user, caller, ip, clock, requestId, checkIfMatch }, { body }) {
    const current = await findPasswordHash(sql, user.id);
    const passwordHash =
      body.password === undefined
        ? undefined
        : await replacePassword({ services, user, ip }, current, {
            wanted: body.password,
            given: body.current_password,
          });
    const now = clock.now();
    const row = await inTransaction(sql, async (tx) => {
      const before = await lockUser(tx, user.id);
      if (before === undefined) throw new Unauthenticated();
      checkIfMatch(before);
      if (passwordHash !== undefined) {
        // Of two changes at once, the second one's current password is no longer that.
        if ((await findPasswordHash(tx, user.id)) !== current) throw wrongPassword();
        await setPasswordHash(tx, { userId: user.id, passwordHash });
        await revokeSessionsOf(tx, { userId: user.id, exceptId: caller.id, now });
      }
      const { name, email: address } = body;
      const changed = await updateUser(tx, user.id, { name, email: address, now });
      if (changed === undefined) {
        throw new InvalidInput({ email: ["This email address is already registered."] });
      }
      await recordAudit(tx, {
        companyId: null,
        userId: user.id,
        action: "user.updated",
        subjectType: "user",
        subjectId: user.id,
        details: { fields: Object.keys(body).filter((field) => field !== "current_password") },
        requestId,
      });
      return changed;
    });
    return { status: 200, body: { data: presentUser(row) }, version: row };
  },
});

/** The hash of the new password. Throws InvalidInput unless the current one was given. */
async function replacePassword(
  { services, user, ip }: Pick<SignedInContext, "services" | "user" | "ip">,
  current: string | null | undefined,
  { wanted, given }: { wanted: string; given: string | undefined },
): Promise<string> {
  if (current === null) {
    const text = "You have no password yet. Choose one by a reset link.";
    throw new InvalidInput({ password: [text] }, { code: "no_password" });
  }
  if (given === undefined) {
    throw new InvalidInput({ current_password: ["This field is required."] });
  }
  // Somebody else's session must not be a place to guess passwords at.
  const attempt = await beginAttempt(services, { ip, email: user.email });
  if (!(await verifyPassword(given, current))) throw wrongPassword();
  await attempt.succeed();
  return await hashPassword(wanted, services.settings.passwordCost);
}

function wrongPassword(): InvalidInput {
  return new InvalidInput({ current_password: ["This is not your current password."] });
}
