import { z } from "zod";
import { findUser } from "../../../db/users.ts";
import { Unauthenticated } from "../../../errors.ts";
import { defineRoute } from "../../define-route.ts";
import { presentUser, userJson } from "./schema.ts";

/** GET /auth/user — who the token belongs to. */
export const getUserRoute = defineRoute({
  method: "get",
  path: "/auth/user",
  summary: "Get the authenticated user",
  tag: "Authentication",
  access: "signed-in",
  answers: { 200: z.object({ data: userJson }) },

  async run({ sql, user }) {
    const row = await findUser(sql, user.id);
    if (row === undefined) throw new Unauthenticated();
    return { status: 200, body: { data: presentUser(row) }, version: row };
  },
});
