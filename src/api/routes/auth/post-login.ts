import { z } from "zod";
import { Unauthenticated } from "../../../errors.ts";
import { errorJson } from "../../answers.ts";
import { defineRoute } from "../../define-route.ts";
import { email } from "../../inputs.ts";
import { signInByPassword } from "../../sign-in.ts";
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

  async run({ services, ip }, { body }) {
    const signedIn = await signInByPassword(services, { ip, ...body });
    if (signedIn === undefined) throw new Unauthenticated("Invalid credentials.");
    const { user, token } = signedIn;
    return {
      status: 200,
      body: { data: { id: user.id, name: user.name, email: user.email }, token },
    };
  },
});
