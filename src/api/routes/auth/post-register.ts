import { z } from "zod";
import { insertUser } from "../../../db/users.ts";
import { InvalidInput } from "../../../errors.ts";
import { hashPassword } from "../../../platform/passwords.ts";
import { defineRoute } from "../../define-route.ts";
import { email, requiredText } from "../../inputs.ts";
import { openSession } from "../../sign-in.ts";
import { password, signedInJson } from "./schema.ts";

/** POST /auth/register — makes a person's account and signs them in. They found a company next. */
export const postRegisterRoute = defineRoute({
  method: "post",
  path: "/auth/register",
  summary: "Register",
  description: "The token is a session token, to be sent as `Authorization: Bearer`.",
  tag: "Authentication",
  access: "public",
  body: z.strictObject({ name: requiredText(255), email, password: password.min(8) }),
  answers: { 201: signedInJson },
  answerIsSecret: true,

  async run({ tx, services, clock }, { body }) {
    const user = await insertUser(tx, {
      name: body.name,
      email: body.email,
      passwordHash: await hashPassword(body.password, services.settings.passwordCost),
      now: clock.now(),
    });
    if (user === undefined) {
      throw new InvalidInput({ email: ["This email address is already registered."] });
    }
    const token = await openSession(tx, { services, userId: user.id });
    return {
      status: 201,
      body: { data: { id: user.id, name: user.name, email: user.email }, token },
    };
  },
});
