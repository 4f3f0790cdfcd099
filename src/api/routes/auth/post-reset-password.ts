import { z } from "zod";
import { resetPassword } from "../../../actions/reset-password.ts";
import { hashPassword } from "../../../platform/passwords.ts";
import { defineRoute } from "../../define-route.ts";
import { email } from "../../inputs.ts";
import { forgetFailures } from "../../sign-in.ts";
import { password, secretText } from "./schema.ts";

/** POST /auth/reset-password — with the token of the mail, once. */
export const postResetPasswordRoute = defineRoute({
  method: "post",
  path: "/auth/reset-password",
  summary: "Reset password",
  description:
    "Ends all sessions of the user, and what apps may for them; API tokens stay, for they are their " +
    "companies'. 422 when the token was used, is too old, or was sent to another address.",
  tag: "Authentication",
  access: "public",
  endsSessions: true,
  body: z.strictObject({ token: secretText, email, password: password.min(8) }),
  answers: { 200: z.object({ message: z.string() }) },

  async run({ tx, services, clock, ip, requestId }, { body }) {
    await resetPassword(tx, {
      token: body.token,
      email: body.email,
      hashPassword: () => hashPassword(body.password, services.settings.passwordCost),
      now: clock.now(),
      requestId,
    });
    await forgetFailures(tx, services, { ip, email: body.email });
    return { status: 200, body: { message: "Password has been reset." } };
  },
});
