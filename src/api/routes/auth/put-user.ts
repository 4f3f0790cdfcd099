import { z } from "zod";
import { lockUser, updateUser } from "../../../db/users.ts";
import { InvalidInput, Unauthenticated } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { email, requiredText } from "../../inputs.ts";
import { presentUser, userJson } from "./schema.ts";

/** PUT /auth/user — changes one's own name or email. */
export const putUserRoute = defineRoute({
  method: "put",
  alsoPatch: true,
  path: "/auth/user",
  summary: "Update the authenticated user",
  tag: "Authentication",
  access: "session",
  body: z.strictObject({ name: requiredText(255).optional(), email: email.optional() }),
  answers: { 200: z.object({ data: userJson }) },

  async run({ tx, user, clock, checkIfMatch }, { body }) {
    const before = await lockUser(tx, user.id);
    if (before === undefined) throw new Unauthenticated();
    checkIfMatch(before);
    const row = await updateUser(tx, user.id, { ...body, now: clock.now() });
    if (row === undefined) {
      throw new InvalidInput({ email: ["This email address is already registered."] });
    }
    return { status: 200, body: { data: presentUser(row) }, version: row };
  },
});
