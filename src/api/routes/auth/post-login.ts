import { z } from "zod";
import { findUserForSignIn, setPasswordHash } from "../../../db/users.ts";
import { Unauthenticated } from "../../../errors.ts";
import { hashPassword, needsRehash, verifyPassword } from "../../../platform/passwords.ts";
import { errorJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { email } from "../../inputs.ts";
import { beginAttempt, openSession } from "../../sign-in.ts";
import { password, signedInJson } from "./schema.ts";

/** POST /auth/login — not in one transaction: a failed attempt must be counted all the same. */
export const postLoginRoute = defineRoute({
  method: "post",
  path: "/auth/login",
  summary: "Log in",
  description: "The token is a session token, to be sent as `Authorization: Bearer`.",
  tag: "Authentication",
  access: "public",
  isTransactional: false,
  body: z.strictObject({ email, password: password.min(1) }),
  answers: { 200: signedInJson, 401: errorJson },

  async run({ sql, services, ip }, { body }) {
    const attempt = await beginAttempt(services, { ip, email: body.email });
    const user = await findUserForSignIn(sql, body.email);
    // Takes as long for nobody as for somebody, so that the time tells nothing.
    const { passwordCost } = services.settings;
    const isRight = await verifyPassword(body.password, user?.passwordHash, passwordCost);
    if (user === undefined || !isRight) throw new Unauthenticated("Invalid credentials.");
    await attempt.succeed();
    if (user.passwordHash !== null && needsRehash(user.passwordHash, passwordCost)) {
      await setPasswordHash(sql, {
        userId: user.id,
        passwordHash: await hashPassword(body.password, passwordCost),
      });
    }
    const token = await openSession(sql, { services, userId: user.id });
    return {
      status: 200,
      body: { data: { id: user.id, name: user.name, email: user.email }, token },
    };
  },
});
